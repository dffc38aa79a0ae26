// Each test of the integration project waits for real servers: jest's five seconds are for tests that wait for nothing.
import.meta.jest.setTimeout(60_000);

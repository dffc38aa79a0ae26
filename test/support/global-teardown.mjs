export default async function tearDown() {
  await globalThis.assentTestStack?.stop();
}

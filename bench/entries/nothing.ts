/** A part of a cold start: Node.js and the measuring program. */
export async function run() {}

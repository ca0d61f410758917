// Takes the code that prints the frames of a backtrace out of a contract.
//
//   node scripts/without-backtraces.mjs <binaryen's folder> <in.wasm> <out.wasm>
//
// On wasm32-unknown-unknown no frame is ever captured, so this code never runs; but an error of
// cosmwasm-std holds a disabled backtrace behind a trait object, and a compiler cannot see that
// it is always disabled. What is called here traps; wasm-opt then removes what only that called.
// Needs the names of the functions in <in.wasm>.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

const [binaryenFolder, input, output] = process.argv.slice(2);
if (!output) {
  console.log("node scripts/without-backtraces.mjs <binaryen's folder> <in.wasm> <out.wasm>");
  process.exit(2);
}

// Mangled names: the module of std that resolves and prints frames, and every item of the crate
// that makes symbols readable. That crate's name at the end of a symbol only says who made an
// instance of someone else's function.
const PRINTS_FRAMES = /3std12backtrace_rs|14rustc_demangle./;

const { default: binaryen } = await import(resolve(binaryenFolder, "index.js"));
const contract = binaryen.readBinary(readFileSync(input));
let stubbed = 0;
for (let index = 0; index < contract.getNumFunctions(); index++) {
  const code = contract.getFunctionByIndex(index);
  if (PRINTS_FRAMES.test(binaryen.Function.getName(code))) {
    binaryen.Function.setBody(code, contract.unreachable());
    stubbed++;
  }
}
if (stubbed === 0) {
  console.error(`${input} has no function that prints frames: are its names stripped?`);
  process.exit(1);
}
writeFileSync(output, contract.emitBinary());

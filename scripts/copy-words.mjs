// Lowers memory.copy and memory.fill to functions that move eight bytes at a time.
//
//   node scripts/copy-words.mjs <binaryen's folder> <in.wasm> <out.wasm>
//
// binaryen's own lowering moves single bytes, and Rust code moves much: its functions get the
// bodies of scripts/memory.wat.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [binaryenFolder, input, output] = process.argv.slice(2);
if (!output) {
  console.log("node scripts/copy-words.mjs <binaryen's folder> <in.wasm> <out.wasm>");
  process.exit(2);
}

const { default: binaryen } = await import(resolve(binaryenFolder, "index.js"));
const source = fileURLToPath(new URL("memory.wat", import.meta.url));
const words = binaryen.parseText(readFileSync(source, "utf8"));
const contract = binaryen.readBinary(readFileSync(input));
contract.runPasses(["llvm-memory-copy-fill-lowering"]);
for (let index = 0; index < words.getNumFunctions(); index++) {
  const { name, params, results, vars, body } = binaryen.getFunctionInfo(
    words.getFunctionByIndex(index),
  );
  if (contract.getFunction(name)) {
    contract.removeFunction(name);
  }
  contract.addFunction(name, params, results, vars, contract.copyExpression(body));
}
if (!contract.validate()) {
  process.exit(1);
}
writeFileSync(output, contract.emitBinary());

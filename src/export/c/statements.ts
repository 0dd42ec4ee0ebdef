/**
 * The instructions of a function of WebAssembly as statements of C. Its stack becomes expressions: what an instruction
 * leaves is a text until another takes it. Where a store, a call or a new value of a local would come between, the text is
 * given a name first. Blocks become labels and loops `for (;;)`, as a branch to a loop is `continue` there.
 */
import { invariant } from '../../base/errors.js';
import { WasmReader } from '../edge/wasm-bytes.js';
import { doubleText, floatText, int32Text, vectorText } from './literals.js';
import { readFloat, readSigned, readValueType, type ValueType, type WasmFunction, type WasmModule } from './module.js';
import { cTypes, functionName } from './names.js';
import { type Operation, operations } from './operations.js';
import { asWhile, enclosed, isArgument, isConstant } from './texts.js';

/** A value on the stack that is not computed yet. */
interface Value {
  readonly type: ValueType;
  readonly text: string;
  /** Whether it reads the memory. */
  readonly reads: boolean;
}

/** A block that is open. */
interface Block {
  readonly kind: 'function' | 'block' | 'loop' | 'if';
  readonly label: string;
  /** The line before which the label of a loop stands. */
  readonly line: number;
  /** How many values were on the stack when it began. */
  readonly height: number;
  /** The variable that it leaves its value in. */
  readonly result: { readonly name: string; readonly type: ValueType } | undefined;
  /** Whether a `goto` leads to its label. */
  labelled: boolean;
}

/** In place of a block's type: it leaves no value. */
const EMPTY = 0x40;
const [ELSE, END, SHIFT_LEFT] = [0x05, 0x0b, 0x74];

export class Statements {
  readonly lines: string[] = [];
  readonly #module: WasmModule;
  readonly #reader: WasmReader;
  readonly #types: readonly ValueType[];
  readonly #stack: Value[] = [];
  readonly #blocks: Block[];
  #names = 0;
  /** Instructions that do more than to make a value of values, or to read and write one. */
  readonly #others: ReadonlyMap<number, () => void> = new Map([
    [0x02, () => this.#begin('block')],
    [0x03, () => this.#begin('loop')],
    [0x04, () => this.#begin('if')],
    [ELSE, () => this.#else()],
    [END, () => this.#end()],
    // br, return, call
    [0x0c, () => this.#branch(this.#reader.u32())],
    [0x0f, () => this.#branch(this.#blocks.length - 1)],
    [0x10, () => this.#call(this.#reader.u32())],
    // drop, select
    [0x1a, () => this.#emit(`(void)${enclosed(this.#pop().text)};`)],
    [0x1b, () => this.#select()],
    // local.get, local.set, local.tee
    [0x20, () => this.#get(this.#reader.u32())],
    [0x21, () => this.#set(this.#reader.u32())],
    [0x22, () => this.#tee(this.#reader.u32())],
    // i32.const, i64.const, f32.const, f64.const, v128.const
    [0x41, () => this.#push('i32', int32Text(Number(readSigned(this.#reader))))],
    [0x42, () => this.#push('i64', `INT64_C(${readSigned(this.#reader)})`)],
    [0x43, () => this.#push('f32', floatText(readFloat(this.#reader, 4)))],
    [0x44, () => this.#push('f64', doubleText(readFloat(this.#reader, 8)))],
    [0xfd0c, () => this.#push('v128', vectorText(this.#reader.bytes(16)))],
    // i8x16.shuffle
    [0xfd0d, () => this.#shuffle(this.#reader.bytes(16))],
    // memory.copy and memory.fill; the numbers of their memories follow, which is the only one
    [0xfc0a, () => this.#bulk(2, ([to, from, count]) => `memmove(m + ${to}, m + ${from}, (size_t)${count});`)],
    [0xfc0b, () => this.#bulk(1, ([to, value, count]) => `memset(m + ${to}, ${value}, (size_t)${count});`)],
  ]);
  /** Whether the last instruction was a branch: nothing is computed up to the end of the block. */
  #left = false;

  constructor(module: WasmModule, { params, locals, result, code }: WasmFunction) {
    this.#module = module;
    this.#reader = new WasmReader(code);
    this.#types = [...params, ...locals];
    const value = result && { name: 'result', type: result };
    this.#blocks = [{ kind: 'function', label: '', line: 0, height: 0, result: value, labelled: false }];
    while (this.#blocks.length > 0) this.#step();
  }

  #step(): void {
    const code = this.#reader.byte();
    const full = code >= 0xfc ? code * 256 + this.#reader.u32() : code;
    invariant(!this.#left || full === ELSE || full === END, `an instruction behind a branch: 0x${full.toString(16)}`);
    const operation = operations.get(full);
    if (operation) this.#operate(full, operation);
    else {
      const translate = this.#others.get(full);
      invariant(translate, `an instruction that has no translation: 0x${full.toString(16)}`);
      translate();
    }
  }

  #operate(code: number, { operands, result, text }: Operation): void {
    const values = Array.from({ length: operands }, () => this.#pop()).reverse();
    const texts = values.map((value) => value.text);
    const shift = code === SHIFT_LEFT && /^\d+$/.test(texts[1]!) && Number(texts[1]) < 31;
    const template = shift ? `$0 * ${2 ** Number(texts[1])}` : text;
    const usesMemory = text.includes('@');
    if (usesMemory) texts[0] = this.#address(values[0]!);
    const lane = text.includes('#') ? String(this.#reader.byte()) : '';
    const line = template
      .replace(/[$@](\d?)/g, (match, k, at) => {
        const operand = texts[Number(k)]!;
        return match === '@' || isArgument(template, at, match.length) ? operand : enclosed(operand);
      })
      .replace('#', lane);
    if (result) this.#push(result, line, usesMemory || values.some(({ reads }) => reads));
    else {
      this.#nameWhere(({ reads }) => reads);
      this.#emit(`${line};`);
    }
  }

  /** The address that an instruction reads or writes at, with the offset that follows it in the code. */
  #address({ text }: Value): string {
    this.#reader.u32();
    const offset = this.#reader.u32();
    return `m + ${enclosed(text)}${offset === 0 ? '' : ` + ${offset}`}`;
  }

  #select(): void {
    const [condition, no, yes] = [this.#pop(), this.#pop(), this.#pop()];
    const reads = [condition, no, yes].some((value) => value.reads);
    this.#push(yes.type, `${enclosed(condition.text)} ? ${enclosed(yes.text)} : ${enclosed(no.text)}`, reads);
  }

  #shuffle(lanes: Uint8Array): void {
    const [b, a] = [this.#pop(), this.#pop()];
    this.#push('v128', `i8x16_shuffle(${a.text}, ${b.text}, ${[...lanes].join(', ')})`, a.reads || b.reads);
  }

  #get(local: number): void {
    this.#push(this.#types[local]!, `l${local}`);
  }

  #set(local: number): void {
    const { text } = this.#pop();
    const name = `l${local}`;
    const mentions = new RegExp(`\\b${name}\\b`);
    this.#nameWhere((value) => mentions.test(value.text));
    if (text !== name) this.#emit(`${name} = ${text};`);
  }

  #tee(local: number): void {
    this.#set(local);
    this.#get(local);
  }

  /** @param memories how many numbers of memories follow */
  #bulk(memories: number, text: (operands: readonly string[]) => string): void {
    this.#reader.bytes(memories);
    const operands = [this.#pop(), this.#pop(), this.#pop()].reverse().map((value) => enclosed(value.text));
    this.#nameWhere(({ reads }) => reads);
    this.#emit(text(operands));
  }

  #call(index: number): void {
    const { params, result } = this.#module.functions[index]!;
    const args = params.map(() => this.#pop().text).reverse();
    this.#nameWhere(({ reads }) => reads);
    const call = `${functionName(this.#module, index)}(${['m', ...args].join(', ')})`;
    if (result) this.#push(result, this.#named(result, call));
    else this.#emit(`${call};`);
  }

  #begin(kind: 'block' | 'loop' | 'if'): void {
    const result = this.#blockResult();
    const condition = kind === 'if' ? this.#pop().text : '';
    this.#nameWhere(() => true);
    const label = `at_${this.#names++}`;
    if (result) this.#emit(`${cTypes[result.type]} ${result.name};`);
    const line = this.lines.length;
    if (kind === 'loop') this.#emit('for (;;) {');
    if (kind === 'if') this.#emit(`if (${condition}) {`);
    this.#blocks.push({ kind, label, line, height: this.#stack.length, result, labelled: false });
  }

  /** The variable for what a block leaves, if anything. */
  #blockResult(): Block['result'] {
    const reader = this.#reader;
    const isEmpty = reader.source[reader.at] === EMPTY;
    if (!isEmpty) return { name: `r${this.#names++}`, type: readValueType(reader) };
    reader.byte();
    return undefined;
  }

  #else(): void {
    this.#leave(this.#blocks.at(-1)!);
    this.#left = false;
    this.#emit('} else {', -1);
  }

  #end(): void {
    const block = this.#blocks.at(-1)!;
    const { kind, label, result, line } = block;
    if (kind === 'function') {
      if (result && !this.#left) this.#emit(`return ${this.#pop().text};`);
      this.#blocks.pop();
      return;
    }
    this.#leave(block);
    if (kind === 'loop' && !this.#left) this.#emit('break;');
    this.#left = false;
    this.#blocks.pop();
    if (kind !== 'block') this.#emit('}');
    if (kind === 'loop') this.lines.push(...asWhile(this.lines.splice(line)));
    if (block.labelled) this.lines.splice(kind === 'loop' ? line : this.lines.length, 0, `${label}:;`);
    if (result) this.#push(result.type, result.name);
  }

  /** Hands the value of a block over, where its end is reached. */
  #leave({ result, height }: Block): void {
    if (result && !this.#left) this.#emit(`${result.name} = ${this.#pop().text};`);
    this.#stack.length = height;
  }

  #branch(depth: number): void {
    const block = this.#blocks.at(-1 - depth)!;
    if (block.kind === 'function') this.#emit(block.result ? `return ${this.#pop().text};` : 'return;');
    else if (block.kind === 'loop') this.#again(block);
    else {
      if (block.result) this.#emit(`${block.result.name} = ${this.#pop().text};`);
      block.labelled = true;
      this.#emit(`goto ${block.label};`);
    }
    this.#left = true;
  }

  #again(loop: Block): void {
    const isInnermost = this.#blocks.findLast(({ kind }) => kind === 'loop') === loop;
    if (!isInnermost) loop.labelled = true;
    this.#emit(isInnermost ? 'continue;' : `goto ${loop.label};`);
  }

  /** Gives names to the values for which `chosen` holds, and to no constants or variables that keep their value. */
  #nameWhere(chosen: (value: Value) => boolean): void {
    for (const [k, value] of this.#stack.entries()) {
      if (isConstant(value.text) || !chosen(value)) continue;
      this.#stack[k] = { type: value.type, text: this.#named(value.type, value.text), reads: false };
    }
  }

  /** Computes a value now. */
  #named(type: ValueType, text: string): string {
    const name = `t${this.#names++}`;
    this.#emit(`const ${cTypes[type]} ${name} = ${text};`);
    return name;
  }

  #push(type: ValueType, text: string, reads = false): void {
    this.#stack.push({ type, text, reads });
  }

  #pop(): Value {
    const value = this.#stack.pop();
    invariant(value, 'a value is taken that is not on the stack');
    return value;
  }

  #emit(line: string, indent = 0): void {
    const depth = this.#blocks.filter(({ kind }) => kind === 'loop' || kind === 'if').length + 1 + indent;
    this.lines.push('  '.repeat(depth) + line);
  }
}

// Writes the facts about provider schemas that the checks need: names, required or not, blocks and how they nest.
// Facts only, no text of the source. Source: the npm packages named in types.txt, which are generated from the
// schemas of the providers google and google-beta 6.50.0 and aws 5.100.0 (each type names its version).
//
//   cd terraform/checks/src/schema
//   npm pack @cdktf/provider-google@16.12.1 @cdktf/provider-google-beta@16.12.1 @cdktf/provider-aws@20.1.0
//   node extract.mjs . ../main/resources/org/kappabeam/terraform/schema/providers.json
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [packages, target] = process.argv.slice(2);
if (!target) {
  throw new Error('usage: node extract.mjs DIRECTORY_OF_TGZ_FILES TARGET.json');
}
const lines = readFileSync(new URL('types.txt', import.meta.url), 'utf8')
  .split('\n').map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));

/** lib/<folder> of a type: google_pubsub_topic is pubsub-topic in provider google, google-pubsub-topic in google-beta. */
function folder(type, provider) {
  const data = type.startsWith('data.');
  if (type.startsWith('provider.')) {
    return 'provider';
  }
  const dashed = type.replace(/^data\./, '').replace(/_/g, '-');
  if (data) {
    return `data-${dashed}`;
  }
  return dashed.startsWith(provider + '-') ? dashed.slice(provider.length + 1) : dashed;
}

function extract(source, type) {
  const classes = new Map();
  for (const [, name, body] of source.matchAll(/^class (\w+) extends [\s\S]*?\{\n([\s\S]*?)^\}/gm)) {
    classes.set(name, body);
  }
  const functions = new Map();
  for (const [, name, body] of source.matchAll(/^function (\w+)ToHclTerraform\(struct\) \{\n([\s\S]*?)^\}/gm)) {
    functions.set(name, body);
  }
  /** Attributes by kind: *required, =computed only; the rest is optional. What is not required can be reset; a provider's blocks do not say. */
  function schema(attrs, body) {
    const attributes = [];
    const blocks = {};
    const seen = new Set(['timeouts']);
    for (const [, name, value, isBlock]
      of attrs.matchAll(/^\s+(\w+): \{\n\s+value: (.*),\n\s+isBlock: (\w+)/gm)) {
      if (name === 'timeouts') {
        continue;
      }
      seen.add(name);
      const [, member] = value.match(/(?:this\._|struct\.)(\w+?)(?:\.internalValue)?\)/);
      const required = body !== undefined && !body.includes(`reset${member[0].toUpperCase()}${member.slice(1)}()`);
      const nested = value.match(/(\w+)ToHclTerraform[,()]/);
      if (isBlock === 'true' && nested && functions.has(nested[1])) {
        const cls = nested[1][0].toUpperCase() + nested[1].slice(1) + 'OutputReference';
        blocks[name] = {
          ...(required ? { required: true } : {}),
          ...(value.includes('listMapperHcl') ? { many: true } : {}),
          ...schema(functions.get(nested[1]), classes.get(cls)),
        };
      } else {
        attributes.push((required ? '*' : '') + name);
      }
    }
    const computed = body === undefined ? [] : [...body.matchAll(/\/\/ (\w+) - computed: true, optional: false/g),
      ...body.matchAll(/return this\.get\w+Attribute\('(\w+)'\)/g)];
    for (const [, name] of computed) {
      if (!seen.has(name)) {
        seen.add(name);
        attributes.push('=' + name);
      }
    }
    return { attributes: attributes.join(' '), ...(Object.keys(blocks).length ? { blocks } : {}) };
  }
  const [main] = [...classes.values()].filter((body) => body.includes('terraformResourceType:'));
  const attrs = main.slice(main.indexOf('synthesizeHclAttributes()'));
  const [, version] = main.match(/providerVersion: '([^']+)'/);
  const [, name] = main.match(/terraformResourceType: '([^']+)'/);
  if (name !== type.replace(/^(data|provider)\./, '')) {
    throw new Error(`${type} is ${name} in the package`);
  }
  return { version, ...schema(attrs, main) };
}

const facts = {};
let root;
let provider;
for (const line of lines) {
  if (line.startsWith('@')) {
    const archive = join(packages, line.slice(1).replace('/', '-').replace('@', '-') + '.tgz');
    root = mkdtempSync(join(tmpdir(), 'provider-'));
    execFileSync('tar', ['xzf', archive, '-C', root, '--wildcards', '*/index.js']);
    provider = line.match(/provider-([a-z-]+)@/)[1];
    continue;
  }
  const file = join(root, 'package/lib', folder(line, provider), 'index.js');
  if (!existsSync(file)) {
    throw new Error(`${provider} has no ${line}`);
  }
  const found = extract(readFileSync(file, 'utf8'), line);
  if (line.startsWith('provider.')) {
    // Hundreds of endpoints that we never change.
    found.attributes = found.attributes.split(' ').filter((name) => !name.endsWith('_endpoint')).join(' ');
    delete found.blocks?.endpoints;
  }
  facts[line] = { provider, ...found };
}
const rows = Object.keys(facts).sort().map((type) => `${JSON.stringify(type)}: ${JSON.stringify(facts[type])}`);
writeFileSync(target, `{\n${rows.join(',\n')}\n}\n`);

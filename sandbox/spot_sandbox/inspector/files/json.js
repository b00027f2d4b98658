// Shows bodies as text: JSON indented and coloured, forms with one field per line, everything else unchanged.

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONGEST_COLOURED = 50_000;

/** The body as a <pre>; what it is told about the media type decides how it is laid out. */
export function body(text, media) {
  const pre = document.createElement("pre");
  if (media.includes("json")) {
    const laidOut = indented(text);
    if (laidOut.length <= LONGEST_COLOURED) {
      pre.append(...coloured(laidOut));
      return pre;
    }
    pre.textContent = laidOut;
  } else if (media.startsWith("application/x-www-form-urlencoded")) {
    pre.textContent = [...new URLSearchParams(text)].map(([name, value]) => `${name} = ${value}`).join("\n");
  } else {
    pre.textContent = text;
  }
  return pre;
}

/** The value of a JSON text. Numbers that JavaScript cannot hold print as they were sent, where the browser can. */
export function exact(text) {
  if (!JSON.rawJSON) return JSON.parse(text);
  return JSON.parse(text, (_, value, context) =>
    typeof value === "number" && context?.source !== undefined && String(value) !== context.source
      ? JSON.rawJSON(context.source)
      : value);
}

/** JSON with line breaks, its numbers and texts as they were sent; other text as it is. */
export function indented(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  const out = [];
  let depth = 0;
  const parts = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  parts.forEach((part, index) => {
    const next = parts[index + 1];
    if (part === "{" || part === "[") {
      const closes = next === "}" || next === "]";
      if (!closes) depth += 1;
      out.push(part, closes ? "" : newline(depth));
    } else if (part === "}" || part === "]") {
      const before = parts[index - 1];
      if (before !== "{" && before !== "[") {
        depth -= 1;
        out.push(newline(depth));
      }
      out.push(part);
    } else if (part === ",") {
      out.push(part, newline(depth));
    } else {
      out.push(part === ":" ? ": " : part);
    }
  });
  return out.join("");
}

function newline(depth) {
  return `\n${"  ".repeat(Math.min(depth, 40))}`;
}

function coloured(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    nodes.push(text.slice(at, match.index));
    const span = document.createElement("span");
    span.className = match[2] ? "name" : match[1] ? "text" : "value";
    span.textContent = match[1] ?? match[0];
    nodes.push(span, match[2] ?? "");
    at = match.index + match[0].length;
  }
  nodes.push(text.slice(at));
  return nodes;
}

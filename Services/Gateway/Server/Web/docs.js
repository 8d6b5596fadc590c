// Lays out the OpenAPI document as a page.
const calls = document.querySelector("#calls");
const api = await (await fetch("/api/v1/openapi.json")).json();

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function resolve(schema) {
  return schema?.$ref ? api.components.schemas[schema.$ref.split("/").at(-1)] : schema;
}

function typeName(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.anyOf) return schema.anyOf.map(typeName).join(" or ");
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.type === "array") return `[${typeName(schema.items)}]`;
  return schema.format ?? schema.type ?? "any";
}

function table(rows) {
  const body = element("table", "", { class: "fields" });
  for (const [name, type, text] of rows) {
    const row = element("tr");
    row.append(element("th", name, { scope: "row" }), element("td", type), element("td", text));
    body.append(row);
  }
  return body;
}

function fields(schema) {
  const object = resolve(schema);
  const required = new Set(object?.required ?? []);
  return Object.entries(object?.properties ?? {}).map(([name, field]) =>
    [required.has(name) ? `${name} *` : name, typeName(field), field.description ?? ""]);
}

function call(path, method, operation) {
  const details = element("details", "", { id: operation.operationId });
  const summary = element("summary");
  summary.append(element("code", `${method.toUpperCase()} ${path}`), ` ${operation.summary}`);
  details.append(summary);
  if (operation.parameters) {
    details.append(element("h3", "Parameters"), table(operation.parameters.map((parameter) =>
      [parameter.required ? `${parameter.name} *` : parameter.name, typeName(parameter.schema), parameter.description ?? ""])));
  }
  const body = Object.entries(operation.requestBody?.content ?? {})[0];
  if (body) details.append(element("h3", `Body: ${body[0]}`), table(fields(body[1].schema)));
  for (const [status, answer] of Object.entries(operation.responses)) {
    const content = answer.content?.["application/json"]?.schema;
    if (content) details.append(element("h3", `${status}: ${typeName(content)}`), table(fields(content)));
  }
  return details;
}

for (const { name } of api.tags) {
  calls.append(element("h2", name));
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.tags[0] === name) calls.append(call(path, method, operation));
    }
  }
}
calls.append(element("h2", "Shapes"));
for (const [name, schema] of Object.entries(api.components.schemas)) {
  const details = element("details", "", { id: name });
  details.append(element("summary", name), table(fields(schema)));
  calls.append(details);
}
calls.removeAttribute("aria-busy");

"""An MCP server with nothing but the standard library: `stock` lists what is there, `prices` says what things cost."""
import json
import sys

SHOP = {
    "stock": ("list_stock", "Lists what is in stock", {}, lambda _: {"paper": 2, "pens": 40, "ink": 1}),
    "prices": ("prices_of", "Says what these items cost", {"items": {"type": "array"}},
               lambda asked: {item: {"paper": 4.5, "pens": 0.9, "ink": 22}[item] for item in asked["items"]}),
}
name, about, takes, answer = SHOP[sys.argv[1]]


def result(method, params):
    if method == "initialize":
        server = {"name": sys.argv[1], "version": "1"}
        return {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}}, "serverInfo": server}
    if method == "tools/list":
        schema = {"type": "object", "properties": takes, "required": list(takes)}
        return {"tools": [{"name": name, "description": about, "inputSchema": schema,
                           "outputSchema": {"type": "object"}, "annotations": {"readOnlyHint": True}}]}
    try:
        return {"content": [], "structuredContent": answer(params.get("arguments", {}))}
    except (KeyError, TypeError) as error:
        return {"content": [{"type": "text", "text": f"there is no price for {error}"}], "isError": True}


for line in sys.stdin:
    message = json.loads(line)
    if "id" in message and "method" in message:
        said = result(message["method"], message.get("params", {}))
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": said}), flush=True)

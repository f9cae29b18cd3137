"""Lets planscope step, inject into and fork any LangGraph graph that has a checkpointer, as it is:

    planscope -- python3 langgraph_tell.py langgraph_graph:graph '{"input": "Which tickets come most?"}'
"""
import importlib
import json
import sys

module, name = sys.argv[1].split(":")
sys.path.insert(0, ".")
graph, start = getattr(importlib.import_module(module), name), json.loads(sys.argv[2])
head = {"configurable": {"thread_id": "1"}}  # always the branch's newest checkpoint
after, made, at = [None], [], head  # the checkpoint after each step, what each step gave, and where to go on from


def follow(done, context):
    """Goes to where this history ends: back to a checkpoint, or on from a value that somebody changed."""
    global at
    for i, step in enumerate(done):
        value = context[step["to"]["update"]]["value"]
        if i >= len(made) or value != made[i]:
            graph.update_state(after[i] or head, value, as_node=step["tool"])
            del made[i:], after[i + 1:]
            made.append(value)
            after.append(graph.get_state(head).config)
            at = head
    if len(done) < len(made):
        del made[len(done):], after[len(done) + 1:]
        at = after[-1] or head


def plan(asked):
    done = [step for step in asked["done"] if step["status"] == "done" and step["tool"] != "end"]
    follow(done, asked["context"])
    nodes = graph.get_state(at).next if made else [first()]
    last = done[-1]["to"]["update"] if done else "input"
    key = f"{len(done) + 1}" if nodes else "result"
    return [{"tool": node, "with": {"before": last}, "to": {"update": key}} for node in (nodes or ["end"])[:1]]


def first():
    return next(edge.target for edge in graph.get_graph().edges if edge.source == "__start__")


def call(asked):
    global at
    if asked["tool"] == "end":
        return json.loads(json.dumps(graph.get_state(head).values, default=str))
    for update in graph.stream(None if made else start, at, stream_mode="updates", interrupt_after="*"):
        if asked["tool"] in update:
            made.append(json.loads(json.dumps(update[asked["tool"]], default=str)))
    at = head
    after.append(graph.get_state(head).config)
    return made[-1]


def tell(asked):
    nodes = [node for node in graph.get_graph().nodes if not node.startswith("__")]
    tool = lambda what: {"description": what, "inputs": ["before"], "outputs": ["update"]}
    tools = {node: tool(f"The node {node}") for node in nodes} | {"end": tool("The state at the end")}
    return {"goal": f"Run the graph {name}", "wants": {"result": "true"}, "context": {"input": start}, "tools": tools}


for line in sys.stdin:
    asked = json.loads(line)
    try:
        verb = asked["verb"]
        answer = tell(asked) if verb == "tell" else {"plan": plan(asked)} if verb == "plan" else {"result": call(asked)}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps({"id": asked["id"], **answer}, default=str), flush=True)

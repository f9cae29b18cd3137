"""A planner that hands the goal to a PDDL solver (pip install pyperplan): a key that is there is a fact, a tool an action."""
import json
import sys
import tempfile

from pyperplan.planner import HEURISTICS, SEARCHES, search_plan


def pddl(asked):
    there = [key for key, fact in asked["context"].items() if fact["fresh"]]
    tools = [tool for tool in asked["tools"] if not set(tool["outputs"]) <= set(asked["pins"])]
    keys = {key for tool in tools for key in tool["inputs"] + tool["outputs"]} | set(there) | set(asked["wants"])
    name = {key: f"(k{at})" for at, key in enumerate(sorted(keys))}
    facts = lambda keys: " ".join(["(begun)", *(name[key] for key in keys)])
    actions = [
        f"(:action t{at} :parameters () :precondition (and {facts(tool['inputs'])}) :effect (and {facts(tool['outputs'])}))"
        for at, tool in enumerate(tools)
    ]
    domain = f"(define (domain d) (:requirements :strips) (:predicates {facts(keys)}) {' '.join(actions)})"
    problem = f"(define (problem p) (:domain d) (:init {facts(there)}) (:goal (and {facts(asked['wants'])})))"
    return tools, domain, problem


def solve(asked):
    if asked["verb"] != "plan":
        return {"error": "I only plan"}
    tools, *texts = pddl(asked)
    with tempfile.TemporaryDirectory() as folder:
        files = [f"{folder}/{name}.pddl" for name in ("domain", "problem")]
        for file, text in zip(files, texts):
            with open(file, "w") as out:
                out.write(text)
        plan = search_plan(*files, SEARCHES["astar"], HEURISTICS["hff"])
    if plan is None:
        return {"no_plan": "the solver proves that no order of the tools makes all that is wanted"}
    used = [tools[int(action.name.strip("()")[1:])] for action in plan]
    return {"plan": [{"tool": tool["name"], "why": f"step {at} of the solver's plan"} for at, tool in enumerate(used, 1)]}


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({"id": asked["id"], **solve(asked)}), flush=True)

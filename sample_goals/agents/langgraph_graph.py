"""A plan-and-execute graph as its tutorial builds one; the model is a stand-in that needs no key. It knows no debugger."""
import operator
from typing import Annotated, TypedDict

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph


class State(TypedDict):
    input: str
    plan: list[str]
    past_steps: Annotated[list[tuple], operator.add]
    response: str


def planner(state: State):
    return {"plan": ["load the tickets", "count them", "name the most frequent"]}


def execute(state: State):
    task, tickets = state["plan"][0], ["refund", "refund", "password"]
    known = dict(state.get("past_steps", []))
    if task.startswith("load"):
        result = tickets
    elif task.startswith("count"):
        result = {ticket: known["load the tickets"].count(ticket) for ticket in known["load the tickets"]}
    else:
        result = max(known["count them"], key=known["count them"].get)
    return {"past_steps": [(task, result)]}


def replan(state: State):
    left = state["plan"][1:]
    return {"plan": left} if left else {"response": f"Mostly {state['past_steps'][-1][1]}."}


def builder():
    graph = StateGraph(State)
    for name, node in [("planner", planner), ("execute", execute), ("replan", replan)]:
        graph.add_node(name, node)
    graph.add_edge(START, "planner")
    graph.add_edge("planner", "execute")
    graph.add_edge("execute", "replan")
    graph.add_conditional_edges("replan", lambda state: END if state.get("response") else "execute")
    return graph


graph = builder().compile(checkpointer=InMemorySaver())

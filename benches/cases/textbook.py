"""The textbook's weekly support report as a plain script that keeps nothing: what a run of planscope is held against."""
TICKETS = [
    {"intent": "refund", "text": "My order has not shipped yet, can I get a refund?"},
    {"intent": "refund", "text": "How long does a refund take?"},
    {"intent": "password", "text": "What should I do if I forgot my password?"},
    {"intent": "address", "text": "Can I still change the address if I entered it wrong?"},
    {"intent": "refund", "text": "Why has my refund not arrived yet?"},
]


def load_tickets(context):
    context["tickets"] = TICKETS
    return f"Loaded {len(TICKETS)} tickets"


def count_intents(context):
    counts = {}
    for ticket in context["tickets"]:
        counts[ticket["intent"]] = counts.get(ticket["intent"], 0) + 1
    context["intent_counts"] = counts
    return str(counts)


def find_top_intent(context):
    counts = context["intent_counts"]
    context["top_intent"] = max(counts, key=counts.get)
    return context["top_intent"]


def draft_report(context):
    top = context["top_intent"]
    context["report"] = (
        f"This week, a total of {len(context['tickets'])} support tickets were handled. "
        f"The most frequent issue was {top}, appearing {context['intent_counts'][top]} times. "
        f"It is recommended to prioritize improving the {top} workflow and FAQ copy."
    )
    return context["report"]


PLAN = [
    ("s1", "Load this week's support tickets", load_tickets),
    ("s2", "Count the number of issues in each category", count_intents),
    ("s3", "Find the most frequent issue", find_top_intent),
    ("s4", "Generate a short weekly report", draft_report),
]

context, trace = {}, []
for step, description, run in PLAN:
    trace.append((step, run(context)))
print("plan:")
for step, description, _ in PLAN:
    print(f"  {step}  {description}")
print("trace:")
for step, observation in trace:
    print(f"  {step}: {observation}")
print("final report:")
print(context["report"])

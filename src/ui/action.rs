//! What a key can mean on a screen or in a dialog: the vocabulary of the keymap, the palette and the help.
//!
//! The first doc line of a variant *is* its help text, and the word in quotes is what the footer says.

/// Declares [`Action`] together with the texts that are derived from it, so that they cannot part.
macro_rules! actions {
    ($( #[doc = $help:literal] $name:ident $wire:literal $label:literal ),+ $(,)?) => {
        /// What a person may ask of a screen or a dialog with one key, one click, or one line of the palette.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $( #[doc = $help] $name ),+
        }

        impl Action {
            /// Every action, in the order in which the help lists them.
            pub const ALL: &'static [Action] = &[ $( Action::$name ),+ ];

            /// Returns the sentence that help and palette show.
            pub fn help(self) -> &'static str {
                match self { $( Action::$name => $help ),+ }.trim_start()
            }

            /// Returns the word or two that the footer shows beside the key.
            pub fn label(self) -> &'static str {
                match self { $( Action::$name => $label ),+ }
            }

            /// Returns the name by which the keymap knows it.
            pub fn name(self) -> &'static str {
                match self { $( Action::$name => $wire ),+ }
            }
        }
    };
}

actions! {
    /// Runs the next step; approves the plan first where it waits, pauses where it goes on by itself.
    Step "step" "step",
    /// Steps into: half a turn, the thought or its action; into the loop of a step that explores.
    Into "into" "into",
    /// Steps out: goes on to the end of the loop that is under way, and stops there.
    Out "out" "out",
    /// Goes on by itself, to the end or until something asks.
    Continue "continue" "continue",
    /// Runs as many steps as you say.
    Steps "steps" "n steps",
    /// Goes on until the selected step is next.
    RunTo "run_to" "run to here",
    /// Runs on by itself until something contradicts the plan.
    NextDeviation "next_deviation" "run to deviation",
    /// Runs on by itself until a replan is proposed.
    NextReplan "next_replan" "run to replan",
    /// Sets a breakpoint on what is selected, or removes it: a step, a key, what an event of the trace is about.
    Breakpoint "breakpoint" "breakpoint",
    /// Lists the breakpoints: conditions, ignored hits, notes, on and off.
    Breakpoints "breakpoints" "breakpoints",
    /// Continues backwards: looks at the last moment at which a breakpoint would have stopped it; nothing runs.
    LastHit "last_hit" "last stop",
    /// Looks at the next moment of the record at which a breakpoint would have stopped it; nothing runs.
    NextHit "next_hit" "next stop",
    /// Asks when a condition on the context came to hold first, and looks there; nothing runs.
    FirstTime "first_time" "when first",
    /// Goes to the event that wrote the value of the selected key, or made the selected watch what it is.
    Writer "writer" "who wrote it",
    /// Watches the selected key, or part of a value, above the context: what it is, when it changed; or watches it no longer.
    Watch "watch" "watch",
    /// Watches what a jq filter on the context comes to.
    WatchFilter "watch_filter" "watch jq",
    /// Stops what runs; that is not a failure.
    Cancel "cancel" "stop",
    /// Approves what is waiting: the plan, or the risky step.
    Approve "approve" "approve",
    /// Looks at the moment before; nothing runs.
    Back "back" "back",
    /// Looks at the moment after; nothing runs.
    Forward "forward" "forward",
    /// Looks at the selected moment of the trace; nothing runs.
    LookHere "look_here" "look here",
    /// Comes back to now.
    Now "now" "now",
    /// Compares two moments, of this branch or of two: the shown one with now, or with the one where you pressed it before.
    CompareMoments "compare_moments" "compare moments",
    /// Compares this session with another one of this machine: plan, context, figures.
    CompareSession "compare_session" "another session",
    /// Accepts the proposed steps, without the lines that you took out.
    Accept "accept" "accept",
    /// Goes to the next beat of a replan: landed, breaks, rewritten.
    NextBeat "next_beat" "next beat",
    /// Takes this line out of the proposal, or puts it back.
    ToggleHunk "toggle_hunk" "this line",
    /// Edits the selected step of the proposal, which is accepted as edited.
    EditProposal "edit_proposal" "edit it",
    /// Rejects the proposal: the old plan goes on, on stale values where it must.
    Reject "reject" "old plan",
    /// Lets the proposal wait; the dashboard stays usable.
    Later "later" "wait",
    /// Shows what waits for you: a proposal, a question, an interrupted step.
    Proposal "proposal" "what waits",
    /// Injects a changed observation: another value for a key, or another outcome of a step.
    Inject "inject" "inject",
    /// Lands one of the surprises that the goal file offers.
    Surprise "surprise" "surprise",
    /// Makes a tool fail the next time it runs.
    FailTool "fail_tool" "fail a tool",
    /// Calls off what is armed for the selected step's tool.
    CallOff "call_off" "call off",
    /// Changes the goal: its words and its wants.
    ChangeGoal "change_goal" "goal",
    /// Takes over what was changed on disk: the goal file, or a script that it names. What that touches is stale then.
    TakeOver "take_over" "take over",
    /// Asks for a replan; where one action is decided on at a time, it thinks again.
    Replan "replan" "replan",
    /// Edits the selected step, or watch.
    Edit "edit" "edit",
    /// Adds a step below the selected one.
    AddBelow "add_below" "add",
    /// Adds a step above the selected one.
    AddAbove "add_above" "add above",
    /// Deletes the selected step, whose use does not come back by itself; or the selected watch.
    Delete "delete" "delete",
    /// Moves the selected step, or watch, down.
    MoveDown "move_down" "move down",
    /// Moves the selected step, or watch, up.
    MoveUp "move_up" "move up",
    /// Switches the selected step off or on.
    Skip "skip" "skip",
    /// Runs the selected step again, for real.
    Rerun "rerun" "run again",
    /// Takes the last change back.
    Undo "undo" "undo",
    /// Makes the change again that was taken back last.
    Redo "redo" "redo",
    /// Pins the selected key, so that no step makes or overwrites it, or lifts the pin.
    Pin "pin" "pin",
    /// Turns the dial: when a replan is due.
    Dial "dial" "dial",
    /// Switches who decides on a replan: you, or nobody.
    Decider "decider" "ask/auto",
    /// Changes who plans: the program that the goal file names, or the embedded planner; asks it where a plan is due.
    Planner "planner" "who plans",
    /// Changes the strategy: a plan first, or one decision at a time.
    Strategy "strategy" "strategy",
    /// Shows the tools, which of them the plan does not use, and why.
    Tools "tools" "tools",
    /// Starts the MCP servers of the goal once more, where they are trusted, and asks them what they offer.
    ListServers "list_servers" "ask the servers",
    /// Shows the plan as a map: who hands what to whom, what could run together, what a step rests on.
    Map "map" "map",
    /// Shows the map beside the plan, where there is room, or no longer.
    MapBeside "map_beside" "map beside",
    /// Lights in every pane what the selected step, key or moment rests on, down to what was observed.
    LightPath "light_path" "light the chain",
    /// Lights it no longer.
    PathEnd "path_end" "light nothing",
    /// Shows the checklist of the plan and who hands what to whom, with the next fix.
    Checklist "checklist" "checklist",
    /// Applies the next fix: mends the first fault of the plan, where one change can.
    Mend "mend" "mend",
    /// Says why: the chain from here down to what was observed.
    Why "why" "why",
    /// Opens the entry, or folds and unfolds the value.
    Open "open" "open",
    /// Copies the selected value, step or entry.
    Copy "copy" "copy",
    /// Copies the selected value as JSON, or the way to it as a path or a jq filter.
    CopyAs "copy_as" "copy as",
    /// Shows the selected value in your pager ($PAGER).
    Pager "pager" "pager",
    /// Shows the versions of the selected key: what each changed, and who wrote it.
    Versions "versions" "versions",
    /// Shows the branches of the session as a tree: go to one, name it, delete it, compare two.
    Branch "branch" "branches",
    /// Starts over: a fork at the first event, what was done here is kept.
    StartOver "start_over" "start over",
    /// Goes to the next pane.
    NextPane "next_pane" "next pane",
    /// Goes to the pane before.
    PreviousPane "previous_pane" "pane before",
    /// Goes to the plan.
    PlanPane "plan_pane" "plan",
    /// Goes to the context.
    ContextPane "context_pane" "context",
    /// Goes to the trace.
    TracePane "trace_pane" "trace",
    /// Moves up.
    Up "up" "up",
    /// Moves down.
    Down "down" "down",
    /// Folds the value, or moves to what holds it.
    Left "left" "fold",
    /// Unfolds the value.
    Right "right" "unfold",
    /// Moves up by a page.
    PageUp "page_up" "page up",
    /// Moves down by a page.
    PageDown "page_down" "page down",
    /// Moves to the top.
    Top "top" "top",
    /// Moves to the end.
    Bottom "bottom" "end",
    /// Gives the pane the whole screen, or gives it back.
    Zoom "zoom" "zoom",
    /// Gives the focused pane more room.
    Grow "grow" "more room",
    /// Gives the focused pane less room.
    Shrink "shrink" "less room",
    /// Puts the plan on the other side of the context.
    SwapPanes "swap_panes" "swap panes",
    /// Takes the next value: one more, the opposite, the next of what a list or a text may be.
    ValueUp "value_up" "value",
    /// Takes the value before: one less, the opposite.
    ValueDown "value_down" "value",
    /// Finds text in the pane; in the context also key:NAME, value:TEXT and jq:CONDITION, however deep and folded.
    Find "find" "find",
    /// Finds a step, a key, a value or a moment by what it is called or says, and goes there.
    GoToAnything "go_to" "go to anything",
    /// Goes to the next place where the text was found.
    FindNext "find_next" "next match",
    /// Goes to the place before where the text was found.
    FindPrevious "find_previous" "match before",
    /// Ends the search.
    FindEnd "find_end" "end search",
    /// Compares: the strategies side by side on copies of this goal, with the same surprise.
    Compare "compare" "compare",
    /// Tries out what could go wrong: every single fault in every lane on copies of this goal, the worst first.
    Stress "stress" "what could go wrong",
    /// Tries out every two faults at once, too.
    Pairs "pairs" "pairs",
    /// Shows the faults, too, that change nothing in any lane; or hides them.
    ShowAll "show_all" "all of them",
    /// Shows the evidence: goal, plan, observations, checks, evaluation, what to revise, what was not verified.
    Evidence "evidence" "evidence",
    /// Runs one step in every lane.
    LaneStep "lane_step" "lockstep",
    /// Runs every lane to its end.
    LaneEnd "lane_end" "to the end",
    /// Lands the same surprise in every lane, at the same moment of each.
    SurpriseAll "surprise_all" "surprise all",
    /// Starts every lane over; nothing has run then.
    LanesOver "lanes_over" "start over",
    /// Opens the lane on the dashboard; quitting there comes back here.
    OpenLane "open_lane" "open lane",
    /// Adds a lane: another strategy, or another dial.
    AddLane "add_lane" "add lane",
    /// Takes the lane away.
    RemoveLane "remove_lane" "remove lane",
    /// Turns the dial of the lane and runs it again, with the same surprise.
    LaneDial "lane_dial" "dial",
    /// Gives the lane another strategy and runs it again, with the same surprise.
    LaneStrategy "lane_strategy" "strategy",
    /// Shows what was counted, and what each figure means.
    Figures "figures" "figures",
    /// Says before it happens which lane will not cope, or which steps survive a replan.
    Predict "predict" "predict",
    /// Shows a hint for this part of the lesson; the last is the answer with its reasons.
    Hint "hint" "hint",
    /// Puts the lesson away, or brings it back.
    HideLesson "hide_lesson" "hide lesson",
    /// Types the answer to the question of the lesson.
    Answer "answer" "answer",
    /// Leaves the question of the lesson unanswered.
    SkipQuestion "skip_question" "skip",
    /// Shows the session as an audience reads it, in few words; a prepared demo where nothing has run. And back again.
    Present "present" "present",
    /// Plays the next beat of the demo; while one is played, hurries it to its end.
    DemoNext "demo_next" "next beat",
    /// Goes one beat back, as if it had never been played.
    DemoBack "demo_back" "one back",
    /// Goes back to the start of the beat that was played last.
    DemoAgain "demo_again" "start of the beat",
    /// Goes back to the start of the demo.
    DemoStart "demo_start" "start of the demo",
    /// Lists the beats of the demo: go to one.
    DemoList "demo_list" "beats",
    /// Looks at each step for a shorter time, where it goes on before an audience.
    Faster "faster" "faster",
    /// Looks at each step for a longer time, where it goes on before an audience.
    Slower "slower" "slower",
    /// Sets what decisions, planned steps and calls are said to take: the advice weighs by it.
    Price "price" "price",
    /// Goes to the lane on the left.
    LaneLeft "lane_left" "lane before",
    /// Goes to the lane on the right.
    LaneRight "lane_right" "next lane",
    /// Leaves the lanes, back to where you came from.
    Leave "leave" "back",
    /// Opens the line with this number.
    ByNumber "by_number" "choose",
    /// Opens a goal file, a plan, or a recorded session, whose path you type.
    OpenFile "open_file" "open a file",
    /// Copies the selected sample into a file that you name, and opens it.
    CopySample "copy_sample" "copy a sample",
    /// Goes on in the session that was open last.
    ResumeLast "resume_last" "resume the last",
    /// Closes what is open; what was typed is kept where it is worth it.
    Close "close" "close",
    /// Applies what the form says.
    Apply "apply" "apply",
    /// Takes what is selected.
    Take "take" "take it",
    /// Goes to the next field.
    NextField "next_field" "next field",
    /// Goes to the field before.
    PreviousField "previous_field" "field before",
    /// Begins a new line in the text.
    NewLine "new_line" "new line",
    /// Opens the text in $EDITOR.
    Editor "editor" "$EDITOR",
    /// Clears the text.
    Clear "clear" "clear",
    /// Takes back what was typed last.
    UndoTyping "undo_typing" "undo",
    /// Removes the key from the context.
    RemoveKey "remove_key" "remove the key",
    /// Starts from the value as it is now.
    Reload "reload" "value of now",
    /// Chooses another tool.
    OtherTool "other_tool" "another tool",
    /// Ticks the box, or takes the tick away.
    Toggle "toggle" "tick",
    /// Adds a breakpoint.
    AddBreakpoint "add_breakpoint" "add",
    /// Removes the selected breakpoint.
    DeleteBreakpoint "delete_breakpoint" "remove",
    /// Gives the selected branch a name.
    NameBranch "name_branch" "name",
    /// Deletes the selected branch from the list; it can be brought back.
    DropBranch "drop_branch" "delete",
    /// Compares the selected branch with the one that the session is on.
    CompareBranch "compare_branch" "compare",
    /// Goes to the last hit of the selected breakpoint.
    ToHit "to_hit" "last hit",
    /// Saves what is shown to a file.
    Save "save" "save",
    /// Lists everything that can be done, by name.
    Palette "palette" "everything",
    /// Shows the keys that work here, now.
    Help "help" "keys",
    /// Suspends the program; fg brings it back.
    Suspend "suspend" "suspend",
    /// Quits; nothing is lost.
    Quit "quit" "quit",
}

impl Action {
    /// Returns the action that the keymap calls `name`.
    pub fn named(name: &str) -> Option<Action> {
        Action::ALL.iter().copied().find(|action| action.name() == name)
    }
}

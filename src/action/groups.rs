//! The groups of actions, a group a feature: each variant with its stable name and the line that says
//! what it does. It refuses what the groups are used for.

/// Defines one group of actions: every variant's doc comment is also its help text.
macro_rules! actions {
    ($(#[$meta:meta])* $group:ident { $(#[doc = $doc:literal] $variant:ident = $name:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $group { $(#[doc = $doc] $variant,)* }

        impl $group {
            /// Every action of the group.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name used in the configuration file and the log.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// One line in English that says what it does.
            #[must_use]
            pub const fn doc(self) -> &'static str {
                match self { $(Self::$variant => $doc,)* }
            }
        }
    };
}

actions! {
    /// Actions on the program as a whole.
    App {
        #[doc = "Stop the answer, or press twice to quit"] Interrupt = "interrupt",
        #[doc = "Quit"] Quit = "quit",
        #[doc = "Paint the screen again"] Redraw = "redraw",
        #[doc = "Suspend to the shell"] Suspend = "suspend",
        #[doc = "Show or hide this help"] Help = "help",
        #[doc = "Leave the mouse to the terminal, or take it"] Mouse = "toggle_mouse",
        #[doc = "Side pane beside the conversation, or everything in rows"] Layout = "toggle_layout",
        #[doc = "All commands, to search and run"] Palette = "palette",
        #[doc = "Commands by their names"] Commands = "commands",
        #[doc = "Close what is open, or stop the answer"] Back = "back",
        #[doc = "Show the next theme"] NextTheme = "next_theme",
        #[doc = "Look whether all is well: key, network, service, files"] Doctor = "doctor",
    }
}

actions! {
    /// Actions that move the focus between panes.
    Focus {
        #[doc = "Go to the next pane"] Next = "focus_next",
        #[doc = "Go to the previous pane"] Previous = "focus_previous",
        #[doc = "Go to the conversation"] Transcript = "focus_conversation",
        #[doc = "Go to the message"] Composer = "focus_message",
    }
}

actions! {
    /// Actions on the conversation that is shown.
    Chat {
        #[doc = "Stop the answer that is arriving"] Stop = "stop_answer",
        #[doc = "Go on with an unfinished answer"] Continue = "continue_answer",
        #[doc = "Send now instead of waiting"] SendNow = "send_now",
        #[doc = "Show or fold the reasoning"] Reasoning = "toggle_reasoning",
        #[doc = "One line up"] LineUp = "line_up",
        #[doc = "One line down"] LineDown = "line_down",
        #[doc = "Half a page up"] HalfUp = "half_page_up",
        #[doc = "Half a page down"] HalfDown = "half_page_down",
        #[doc = "One page up"] PageUp = "page_up",
        #[doc = "One page down"] PageDown = "page_down",
        #[doc = "To the beginning"] Top = "to_beginning",
        #[doc = "To the end, and follow it"] End = "to_end",
        #[doc = "To the question before"] QuestionBefore = "question_before",
        #[doc = "To the next question"] QuestionAfter = "question_after",
        #[doc = "Mark the message before"] MessageBefore = "message_before",
        #[doc = "Mark the next message"] MessageAfter = "message_after",
    }
}

actions! {
    /// Actions that take text out of the conversation.
    Copying {
        #[doc = "Copy the message"] Message = "copy_message",
        #[doc = "Copy the last block of code"] Code = "copy_code",
        #[doc = "Copy a link"] Link = "copy_link",
        #[doc = "Copy the whole conversation"] Conversation = "copy_conversation",
        #[doc = "Show messages as they came, to select with the mouse"] Source = "toggle_source",
    }
}

actions! {
    /// Actions that write a conversation to a file.
    Export {
        #[doc = "Write the conversation to a Markdown file"] Markdown = "export_markdown",
        #[doc = "Write the conversation to a JSON file"] Json = "export_json",
    }
}

actions! {
    /// Actions on what lian said.
    Notices {
        #[doc = "What lian said"] Open = "notices",
        #[doc = "Copy a notice, for support"] Copy = "copy_notice",
    }
}

actions! {
    /// Actions on what went over the wire for an answer.
    Inspector {
        #[doc = "The raw request of the answer and what came back"] Open = "inspect",
        #[doc = "The request, or what came back"] Side = "inspect_side",
        #[doc = "To the request before"] Before = "exchange_before",
        #[doc = "To the next request"] After = "exchange_after",
        #[doc = "Only lines with these words"] Find = "find_in_exchange",
        #[doc = "Copy what is shown"] Copy = "copy_exchange",
        #[doc = "Look again what has come by now"] Again = "inspect_again",
    }
}

actions! {
    /// Actions on the set of conversations.
    Conversations {
        #[doc = "Begin a new conversation"] New = "new_conversation",
        #[doc = "To the conversation before"] Before = "conversation_before",
        #[doc = "To the next conversation"] After = "conversation_after",
        #[doc = "All conversations, to search and open"] List = "conversations",
        #[doc = "Give the marked conversation another title"] Rename = "rename_conversation",
        #[doc = "Delete the marked conversation"] Delete = "delete_conversation",
        #[doc = "Take back the conversation deleted last"] Undelete = "undelete_conversation",
    }
}

actions! {
    /// Actions on the turns of the conversation that is shown.
    Turns {
        #[doc = "Ask the same question again"] Regenerate = "regenerate",
        #[doc = "Ask the same question again with another seed"] Reseed = "regenerate_with_seed",
        #[doc = "Change this question and ask it anew"] Edit = "edit_question",
        #[doc = "To the branch before"] BranchBefore = "branch_before",
        #[doc = "To the next branch"] BranchAfter = "branch_after",
        #[doc = "Copy the conversation from here into a new one"] Fork = "fork_conversation",
        #[doc = "The messages that wait to be sent"] Queue = "queue",
        #[doc = "Take the last waiting message back"] QueueEdit = "queue_edit",
        #[doc = "Send the messages that wait"] QueueSend = "queue_send",
        #[doc = "Send the marked message earlier"] QueueUp = "queue_up",
        #[doc = "Send the marked message later"] QueueDown = "queue_down",
        #[doc = "Do not send the marked message"] QueueRemove = "queue_remove",
    }
}

actions! {
    /// Actions on several answers to one question.
    Lanes {
        #[doc = "Ask two to four models at once, side by side"] Compare = "compare",
        #[doc = "The answers to this question side by side"] Open = "side_by_side",
        #[doc = "To the answer before"] Before = "lane_before",
        #[doc = "To the next answer"] After = "lane_after",
        #[doc = "Go on with this answer and its model"] Pick = "pick_answer",
    }
}

actions! {
    /// Actions on the message being written that carry no text.
    Edit {
        #[doc = "Send the message"] Send = "send",
        #[doc = "Begin a new line"] Newline = "newline",
        #[doc = "Delete before the caret"] DeleteBefore = "delete_before",
        #[doc = "Delete after the caret"] DeleteAfter = "delete_after",
        #[doc = "Delete the word before"] DeleteWordBefore = "delete_word_before",
        #[doc = "Delete the word after"] DeleteWordAfter = "delete_word_after",
        #[doc = "Delete to the beginning of the line"] DeleteToHead = "delete_to_line_begin",
        #[doc = "Delete to the end of the line"] DeleteToEnd = "delete_to_line_end",
        #[doc = "Left"] Left = "left",
        #[doc = "Right"] Right = "right",
        #[doc = "Up, or to the question before"] Up = "up",
        #[doc = "Down, or to the next question"] Down = "down",
        #[doc = "One word left"] WordLeft = "word_left",
        #[doc = "One word right"] WordRight = "word_right",
        #[doc = "To the beginning of the line"] Head = "line_begin",
        #[doc = "To the end of the line"] End = "line_end",
        #[doc = "To the beginning of the message"] First = "message_begin",
        #[doc = "To the end of the message"] Last = "message_end",
        #[doc = "Undo"] Undo = "undo",
        #[doc = "Redo"] Redo = "redo",
        #[doc = "Put back what was deleted last"] PutBack = "put_back",
    }
}

actions! {
    /// Actions around the message being written: what helps to write it.
    Draft {
        #[doc = "Search earlier questions"] History = "search_history",
        #[doc = "Write the message in your editor"] Editor = "open_editor",
        #[doc = "Look into a folded paste"] Inspect = "inspect_paste",
        #[doc = "Unfold a paste into the message"] Unfold = "unfold_paste",
    }
}

actions! {
    /// Actions on what goes with the message being written.
    Attach {
        #[doc = "Attach a picture, a video or a sound"] Files = "attach_file",
        #[doc = "Attach a file, where a word begins"] Here = "attach_here",
        #[doc = "Take back the last attachment"] Remove = "remove_attachment",
    }
}

actions! {
    /// Commands of vi on the message being written.
    Vi {
        #[doc = "To vi's commands"] Normal = "vi_normal_mode",
        #[doc = "Write before the caret"] Insert = "vi_insert",
        #[doc = "Write after the caret"] Append = "vi_append",
        #[doc = "Write at the beginning of the line"] InsertHead = "vi_insert_line_begin",
        #[doc = "Write at the end of the line"] AppendEnd = "vi_append_line_end",
        #[doc = "Begin a line below"] OpenBelow = "vi_open_below",
        #[doc = "Begin a line above"] OpenAbove = "vi_open_above",
        #[doc = "Left within the line"] Left = "vi_left",
        #[doc = "Right within the line"] Right = "vi_right",
        #[doc = "One line down, or to the next question"] Down = "vi_down",
        #[doc = "One line up, or to the question before"] Up = "vi_up",
        #[doc = "To the next word"] WordNext = "vi_word_next",
        #[doc = "To the beginning of the word"] WordBefore = "vi_word_before",
        #[doc = "To the end of the word"] WordEnd = "vi_word_end",
        #[doc = "To the first column"] Head = "vi_first_column",
        #[doc = "To the first letter of the line"] First = "vi_first_letter",
        #[doc = "To the last letter of the line"] End = "vi_last_letter",
        #[doc = "Twice: to the first line"] Go = "vi_first_line",
        #[doc = "To the last line, or the line of the count"] Bottom = "vi_last_line",
        #[doc = "Delete the letter"] DeleteLetter = "vi_delete_letter",
        #[doc = "Delete what the next motion covers; twice: lines"] Delete = "vi_delete",
        #[doc = "Delete to the end of the line"] DeleteToEnd = "vi_delete_to_end",
        #[doc = "Change what the next motion covers; twice: lines"] Change = "vi_change",
        #[doc = "Change to the end of the line"] ChangeToEnd = "vi_change_to_end",
        #[doc = "Copy what the next motion covers; twice: lines"] Yank = "vi_yank",
        #[doc = "Put after the caret"] Put = "vi_put",
        #[doc = "Put before the caret"] PutBefore = "vi_put_before",
        #[doc = "Undo"] Undo = "vi_undo",
        #[doc = "Redo"] Redo = "vi_redo",
    }
}

actions! {
    /// Actions on the model of the conversation and the list it is picked from.
    Models {
        #[doc = "Choose the model"] Open = "choose_model",
        #[doc = "Pin the model to a date"] Pin = "pin_model",
        #[doc = "Use the model and make it the default"] Keep = "default_model",
        #[doc = "Only chat models, or all"] Kinds = "model_kinds",
        #[doc = "Mark the model to compare it, or take the mark back"] Mark = "mark_model",
    }
}

actions! {
    /// Actions on the meters: what is used of limits and budgets.
    Meters {
        #[doc = "What was used, what it cost, which limits count"] Open = "meters",
        #[doc = "Sum up by model, day, profile, or what cost most"] By = "meters_by",
        #[doc = "Sum up today, this month, or all"] Span = "meters_span",
        #[doc = "Ask the service for its limits again"] Ask = "meters_ask",
    }
}

actions! {
    /// Actions on a list one picks from, whatever it holds.
    List {
        #[doc = "To the row above"] Up = "row_up",
        #[doc = "To the row below"] Down = "row_down",
        #[doc = "One page of rows up"] PageUp = "rows_up",
        #[doc = "One page of rows down"] PageDown = "rows_down",
        #[doc = "To the first row"] First = "first_row",
        #[doc = "To the last row"] Last = "last_row",
        #[doc = "Take the marked row"] Accept = "accept",
    }
}

actions! {
    /// Actions on the parameters of a conversation.
    Params {
        #[doc = "Parameters of the conversation"] Drawer = "parameters",
        #[doc = "Set for the conversation, or for the next message only"] Scope = "parameter_scope",
        #[doc = "Instructions above this conversation"] System = "instructions",
        #[doc = "Let the model think first, or not"] Thinking = "toggle_thinking",
        #[doc = "Let the service search the web, or not"] Search = "toggle_search",
    }
}

actions! {
    /// Actions on tasks: videos and pictures that are made at the service.
    Tasks {
        #[doc = "All tasks"] Open = "tasks",
        #[doc = "Make a video"] Video = "new_video",
        #[doc = "Make a picture"] Image = "new_image",
        #[doc = "Send the form"] Submit = "submit_task",
        #[doc = "All there is to know of the task, or back"] Details = "task_details",
        #[doc = "The service's last answer as it came, or back"] Raw = "task_json",
        #[doc = "Only tasks with these words"] Filter = "filter_tasks",
        #[doc = "Mark the task, or take the mark back"] Mark = "mark_task",
        #[doc = "Mark all that are shown, or none"] MarkAll = "mark_tasks",
        #[doc = "Cancel the task"] Cancel = "cancel_task",
        #[doc = "Make it again with a new seed"] Retry = "retry_task",
        #[doc = "Make it again with the same seed and another prompt"] Edit = "edit_task",
        #[doc = "Show the file"] View = "open_file",
        #[doc = "Show the directory of the file"] Reveal = "open_directory",
        #[doc = "Copy the path of the file"] CopyPath = "copy_path",
        #[doc = "Take the task out of the list; files stay"] Forget = "forget_task",
        #[doc = "Fetch the files again"] Download = "download_task",
        #[doc = "Hold the task in line, or let it go on"] Pause = "pause_task",
        #[doc = "To the front of the line"] First = "task_first",
        #[doc = "Tasks of the account that are not here; there: take all"] Adopt = "adopt_tasks",
        #[doc = "Look at results one after the other"] Review = "review_tasks",
        #[doc = "Sort by state, or the other way round"] SortState = "sort_by_state",
        #[doc = "Sort by model, or the other way round"] SortModel = "sort_by_model",
        #[doc = "Sort by age, or the other way round"] SortAge = "sort_by_age",
        #[doc = "Sort by price, or the other way round"] SortPrice = "sort_by_price",
        #[doc = "Sort by what expires first, or the other way round"] SortExpiry = "sort_by_expiry",
        #[doc = "It is good"] Accept = "accept_result",
        #[doc = "It is not good; it is kept all the same"] Reject = "reject_result",
        #[doc = "Take the judgement back"] Unjudge = "unjudge_result",
    }
}

actions! {
    /// Actions on what is read aloud, and on the voices that read.
    Speech {
        #[doc = "Read the answer aloud, or be silent"] Speak = "speak_answer",
        #[doc = "Read every answer aloud by itself, or none"] Auto = "auto_speak",
        #[doc = "Pause what is read aloud, or go on"] Pause = "pause_speech",
        #[doc = "Read on from the sentence before"] Before = "sentence_before",
        #[doc = "Read on from the next sentence"] After = "sentence_after",
        #[doc = "Read the sentence again"] Again = "sentence_again",
        #[doc = "Be silent"] Stop = "stop_speech",
        #[doc = "Voices, to hear and choose"] Voices = "voices",
        #[doc = "Hear the marked voice, or be silent"] Hear = "hear_voice",
        #[doc = "Use the voice and make it the default"] Keep = "default_voice",
        #[doc = "Put the voice among the favourites, or take it out"] Favour = "favourite_voice",
        #[doc = "Voices of the next model"] ModelAfter = "voices_of_next_model",
        #[doc = "Voices of the model before"] ModelBefore = "voices_of_model_before",
        #[doc = "The next language to read in, or as the service finds out"] Language = "speech_language",
    }
}

/// Actions on the message being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Composer {
    /// One that has a name and can be bound to a key.
    Edit(Edit),
    /// A character was typed.
    Insert(char),
    /// Text was pasted; not sanitized yet.
    Paste(String),
}

"""Use cases of the Wmebv inventory: the only code that changes its rows."""

from wmebv.services.actions import action_facts, add_action, change_action, proposed
from wmebv.services.answers import answer, sign_off
from wmebv.services.articles import look_up_article
from wmebv.services.channels import add_channel, change_channel
from wmebv.services.drafts import draft_designation, draft_plan, what_blocks_designation
from wmebv.services.goals import add_goal, change_goal, find_goal, remove_goal
from wmebv.services.importing import (
    Claims,
    Difference,
    ImportedRow,
    ImportOutcome,
    Outcome,
    import_products,
    plan_products,
)
from wmebv.services.lists import (
    IMPORT_JOB,
    choose_columns,
    choose_company,
    choose_place,
    choose_rows,
    choose_values,
    clear_old_lists,
    close_list,
    end_list,
    forget_file,
    note_part,
    open_list,
    start_list,
)
from wmebv.services.many import add_companions, answer_many, answers_now, is_answered
from wmebv.services.messages import add_message_type, assess, change_message_type, end_message_type
from wmebv.services.products import add_product, change_product, end_product, establish_for_website, reopen_product
from wmebv.services.reporting import figures_by_month, keep_figures, months_on, overview, report_on, written_report
from wmebv.services.templates import (
    Effect,
    add_template,
    change_template,
    effect_of_answers,
    effect_of_putting,
    put_under,
)
from wmebv.services.verdicts import finding_rows, finding_rows_of, findings, inventory, severity_of

__all__ = [
    "IMPORT_JOB",
    "Claims",
    "Difference",
    "Effect",
    "ImportOutcome",
    "ImportedRow",
    "Outcome",
    "action_facts",
    "add_action",
    "add_channel",
    "add_companions",
    "add_goal",
    "add_message_type",
    "add_product",
    "add_template",
    "answer",
    "answer_many",
    "answers_now",
    "assess",
    "change_action",
    "change_channel",
    "change_goal",
    "change_message_type",
    "change_product",
    "change_template",
    "choose_columns",
    "choose_company",
    "choose_place",
    "choose_rows",
    "choose_values",
    "clear_old_lists",
    "close_list",
    "draft_designation",
    "draft_plan",
    "effect_of_answers",
    "effect_of_putting",
    "end_list",
    "end_message_type",
    "end_product",
    "establish_for_website",
    "figures_by_month",
    "find_goal",
    "finding_rows",
    "finding_rows_of",
    "findings",
    "forget_file",
    "import_products",
    "inventory",
    "is_answered",
    "keep_figures",
    "look_up_article",
    "months_on",
    "note_part",
    "open_list",
    "overview",
    "plan_products",
    "proposed",
    "put_under",
    "remove_goal",
    "reopen_product",
    "report_on",
    "severity_of",
    "sign_off",
    "start_list",
    "what_blocks_designation",
    "written_report",
]

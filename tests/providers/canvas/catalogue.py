"""The events of the public catalogue with the keys of their bodies, in order and with their types, as documented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """One key of a body."""

    name: str
    kind: str
    may_be_null: bool
    is_optional: bool


@dataclass(frozen=True)
class Known:
    """One event: R, RC of a request, without and with a context; J, JC of a job, without and with one of its own."""

    style: str
    keys: tuple[Key, ...]


def _read(text: str) -> Mapping[str, Known]:
    found: dict[str, Known] = {}
    name, style = "", ""
    for line in text.strip().splitlines():
        if not line.startswith(" "):
            name, style = line.split()
            found[name] = Known(style, ())
            continue
        keys = tuple(_key(word) for word in line.split())
        found[name] = Known(style, (*found[name].keys, *keys))
    return found


def _key(word: str) -> Key:
    name, _, kind = word.partition(":")
    return Key(name, kind.rstrip("?@"), "?" in kind, "@" in kind)


# `?`: it may be null; `@`: it is not always there. The kinds are told apart in test_catalogue.py.
CATALOGUE = _read("""
account_created J
    name:str account_id:lid root_account_id:lid root_account_uuid:uuid40 parent_account_id:lid?
    external_status:str workflow_state:str domain:str default_time_zone:str default_locale:str?
account_notification_created RC
    account_notification_id:gid subject:text8k message:text8k icon:str start_at:ts end_at:ts
account_updated J
    name:str account_id:lid root_account_id:lid root_account_uuid:uuid40 parent_account_id:lid?
    external_status:str workflow_state:str domain:str default_time_zone:str default_locale:str?
asset_accessed RC
    asset_name:str? asset_type:str asset_id:gid asset_subtype:str? category:str role:str? level:str?
    filename:text8k@ display_name:text8k@ domain:str@ url:str@ enrollment_id:lid@ section_id:lid@
assignment_created RC
    assignment_group_id:gid assignment_id:gid context_id:gid context_type:str context_uuid:uuid40
    description:text8k? due_at:ts? lock_at:ts? unlock_at:ts? updated_at:ts lti_assignment_id:guid
    lti_assignment_description:text8k? lti_resource_link_id:hex40? lti_resource_link_id_duplicated_from:hex40?
    points_possible:num? submission_types:csv title:text8k workflow_state:str domain:str@
    associated_integration_id:str@ associated_integration_ids:arr<str>@ created_on_blueprint_sync:bool
assignment_group_created RC
    assignment_group_id:lid context_id:lid context_type:str name:str position:int group_weight:num?
    sis_source_id:str? integration_data:obj? rules:str? workflow_state:str
assignment_group_updated RC
    assignment_group_id:lid context_id:lid context_type:str name:str position:int group_weight:num?
    sis_source_id:str? integration_data:obj? rules:str? workflow_state:str
assignment_override_created RC
    assignment_override_id:lid assignment_id:lid due_at:ts? all_day:bool? all_day_date:date? unlock_at:ts?
    lock_at:ts? type:str course_section_id:lid@ group_id:lid@ workflow_state:str
assignment_override_updated RC
    assignment_override_id:lid assignment_id:lid due_at:ts? all_day:bool? all_day_date:date? unlock_at:ts?
    lock_at:ts? type:str course_section_id:lid@ group_id:lid@ workflow_state:str
assignment_updated RC
    assignment_group_id:gid assignment_id:gid context_id:gid context_type:str context_uuid:uuid40
    description:text8k? due_at:ts? lock_at:ts? unlock_at:ts? updated_at:ts lti_assignment_id:guid
    lti_assignment_description:text8k? lti_resource_link_id:hex40? lti_resource_link_id_duplicated_from:hex40?
    points_possible:num? submission_types:csv title:text8k workflow_state:str domain:str@
    associated_integration_id:str@ associated_integration_ids:arr<str>@
attachment_created RC
    attachment_id:gid user_id:gid? display_name:text8k filename:text8k context_type:str context_id:gid
    content_type:str folder_id:gid unlock_at:ts? lock_at:ts? updated_at:ts
attachment_deleted RC
    attachment_id:gid user_id:gid? display_name:text8k filename:text8k context_type:str context_id:gid
    content_type:str folder_id:gid unlock_at:ts? lock_at:ts? updated_at:ts
attachment_updated RC
    attachment_id:gid user_id:gid? display_name:text8k filename:text8k context_type:str context_id:gid
    content_type:str folder_id:gid unlock_at:ts? lock_at:ts? updated_at:ts old_display_name:text8k@
blueprint_restrictions_updated RC
    canvas_assignment_id:lid canvas_course_id:lid canvas_course_uuid:uuid40 lti_resource_link_id:str
    restrictions:obj use_default_restrictions:bool
blueprint_subscription_created RC
    master_template_account_uuid:uuid40 master_template_id:lid master_course_uuid:uuid40
    child_subscription_id:lid child_course_uuid:uuid40 child_course_account_uuid:uuid40
blueprint_subscription_deleted RC
    master_template_account_uuid:uuid40 master_template_id:lid master_course_uuid:uuid40
    child_subscription_id:lid child_course_uuid:uuid40 child_course_account_uuid:uuid40
content_migration_completed JC
    content_migration_id:gid context_id:gid context_type:str lti_context_id:hex40 context_uuid:uuid40
    import_quizzes_next:bool source_course_lti_id:hex40? source_course_uuid:uuid40?
    destination_course_lti_id:hex40 migration_type:str domain:str?
content_migration_started JC
    content_migration_id:gid context_id:gid context_type:str lti_context_id:hex40 context_uuid:uuid40
    import_quizzes_next:bool source_course_lti_id:hex40? source_course_uuid:uuid40?
    destination_course_lti_id:hex40 migration_type:str domain:str?
conversation_created R
    conversation_id:lid updated_at:ts
conversation_forwarded R
    conversation_id:lid updated_at:ts
conversation_message_created R
    author_id:lid conversation_id:lid created_at:ts message_id:lid
course_completed RC
    progress:obj user:obj course:obj
course_created R
    course_id:gid uuid:uuid40 account_id:gid account_uuid:uuid40 name:str created_at:ts updated_at:ts
    workflow_state:str
course_grade_change RC
    user_id:lid course_id:lid workflow_state:str created_at:ts updated_at:ts current_score:num?
    old_current_score:num? final_score:num? old_final_score:num? unposted_current_score:num?
    old_unposted_current_score:num? unposted_final_score:num? old_unposted_final_score:num?
course_progress J
    progress:obj user:obj course:obj
course_section_created RC
    course_section_id:lid sis_source_id:str? sis_batch_id:lid? course_id:lid root_account_id:lid
    enrollment_term_id:lid? name:str default_section:bool? accepting_enrollments:bool? can_manually_enroll:null
    start_at:ts? end_at:ts? workflow_state:str restrict_enrollments_to_section_dates:bool?
    nonxlist_course_id:lid? stuck_sis_fields:arr<str> integration_id:str?
course_section_updated RC
    course_section_id:lid sis_source_id:str? sis_batch_id:lid? course_id:lid root_account_id:lid
    enrollment_term_id:lid? name:str default_section:bool? accepting_enrollments:bool? can_manually_enroll:null
    start_at:ts? end_at:ts? workflow_state:str restrict_enrollments_to_section_dates:bool?
    nonxlist_course_id:lid? stuck_sis_fields:arr<str> integration_id:str?
course_updated J
    course_id:gid uuid:uuid40 account_id:gid account_uuid:uuid40 name:str created_at:ts updated_at:ts
    workflow_state:str
default_blueprint_restrictions_updated RC
    canvas_course_id:lid canvas_course_uuid:uuid40 restrictions:obj
discussion_entry_created RC
    user_id:lid created_at:ts discussion_entry_id:lid discussion_topic_id:lid text:text8k
    parent_discussion_entry_id:lid@
discussion_entry_submitted RC
    user_id:lid created_at:ts discussion_entry_id:lid discussion_topic_id:lid text:text8k
    parent_discussion_entry_id:lid@ assignment_id:lid@ submission_id:lid@
discussion_topic_created RC
    discussion_topic_id:gid is_announcement:bool title:text8k body:text8k? assignment_id:lid? context_id:lid
    context_type:str workflow_state:str lock_at:ts? updated_at:ts
discussion_topic_updated RC
    discussion_topic_id:gid is_announcement:bool title:text8k body:text8k? assignment_id:lid? context_id:lid
    context_type:str workflow_state:str lock_at:ts? updated_at:ts
enrollment_created RC
    enrollment_id:gid course_id:gid course_uuid:uuid40 user_id:gid user_uuid:uuid40 user_name:str type:str
    created_at:ts updated_at:ts limit_privileges_to_course_section:bool course_section_id:gid workflow_state:str
    associated_user_id:gid@
enrollment_state_created RC
    enrollment_id:gid state:str state_started_at:ts? state_is_current:bool state_valid_until:ts?
    restricted_access:bool access_is_current:bool
enrollment_state_updated J
    enrollment_id:gid state:str state_started_at:ts? state_is_current:bool state_valid_until:ts?
    restricted_access:bool access_is_current:bool
enrollment_updated J
    enrollment_id:gid course_id:gid course_uuid:uuid40 user_id:gid user_uuid:uuid40 user_name:str type:str
    created_at:ts updated_at:ts limit_privileges_to_course_section:bool course_section_id:gid workflow_state:str
    associated_user_id:gid@
final_grade_custom_status RC
    score_id:lid enrollment_id:lid user_id:lid course_id:lid grading_period_id:lid? override_status:str
    override_status_id:lid old_override_status:str old_override_status_id:lid updated_at:ts
grade_change RC
    submission_id:gid assignment_id:gid assignment_name:str grade:str? old_grade:str? score:num? old_score:num?
    points_possible:num? old_points_possible:num? grader_id:gid? student_id:gid student_sis_id:str? user_id:gid
    grading_complete:bool muted:bool
grade_override RC
    score_id:lid enrollment_id:lid user_id:lid course_id:lid grading_period_id:lid? override_score:num?
    old_override_score:num? updated_at:ts
group_category_created RC
    group_category_id:gid group_category_name:str context_id:lid context_type:str group_limit:int?
group_category_updated RC
    group_category_id:gid group_category_name:str context_id:lid context_type:str group_limit:int?
group_created RC
    group_category_id:gid? group_category_name:str? group_id:gid uuid:uuid40 group_name:str context_type:str
    context_id:gid account_id:gid workflow_state:str max_membership:int?
group_membership_created RC
    group_membership_id:gid user_id:gid group_id:gid group_name:str group_category_id:gid?
    group_category_name:str? workflow_state:str
group_membership_updated RC
    group_membership_id:gid user_id:gid group_id:gid group_name:str group_category_id:gid?
    group_category_name:str? workflow_state:str
group_updated RC
    group_category_id:gid? group_category_name:str? group_id:gid uuid:uuid40 group_name:str context_type:str
    context_id:gid account_id:gid workflow_state:str max_membership:int?
learning_outcome_created J
    learning_outcome_id:lid context_type:str? context_id:lid? display_name:str? short_description:str
    description:text? vendor_guid:str? calculation_method:str calculation_int:int? rubric_criterion:obj
    title:str workflow_state:str
learning_outcome_group_created J
    learning_outcome_group_id:lid context_id:lid? context_type:str? title:str description:text? vendor_guid:str?
    parent_outcome_group_id:lid? workflow_state:str
learning_outcome_group_updated J
    learning_outcome_group_id:lid context_id:lid? context_type:str? title:str description:text? vendor_guid:str?
    parent_outcome_group_id:lid? workflow_state:str updated_at:ts
learning_outcome_link_created RC
    learning_outcome_link_id:lid learning_outcome_id:lid learning_outcome_group_id:lid context_id:lid
    context_type:str workflow_state:str
learning_outcome_link_updated RC
    learning_outcome_link_id:lid learning_outcome_id:lid learning_outcome_group_id:lid context_id:lid
    context_type:str workflow_state:str updated_at:ts
learning_outcome_result_created J
    id:lid learning_outcome_id:lid learning_outcome_context_uuid:uuid40? result_context_id:lid
    result_context_type:str result_context_uuid:uuid40? mastery:bool? score:num? created_at:ts attempt:int?
    possible:num? original_score:num? original_possible:num? original_mastery:bool? assessed_at:ts? percent:num?
    workflow_state:str user_uuid:uuid40 associated_asset_id:lid? associated_asset_type:str? artifact_id:lid?
    artifact_type:str? artifact_created_at:ts@ artifact_updated_at:ts@
learning_outcome_result_updated J
    id:lid learning_outcome_id:lid learning_outcome_context_uuid:uuid40? result_context_id:lid
    result_context_type:str result_context_uuid:uuid40? mastery:bool? score:num? created_at:ts attempt:int?
    possible:num? original_score:num? original_possible:num? original_mastery:bool? assessed_at:ts? percent:num?
    workflow_state:str user_uuid:uuid40 associated_asset_id:lid? associated_asset_type:str? artifact_id:lid?
    artifact_type:str? artifact_created_at:ts@ artifact_updated_at:ts@ updated_at:ts
learning_outcome_updated J
    learning_outcome_id:lid context_type:str? context_id:lid? display_name:str? short_description:str
    description:text? vendor_guid:str? calculation_method:str calculation_int:int? rubric_criterion:obj
    title:str workflow_state:str updated_at:ts
logged_in R
    redirect_url:str?
logged_out R
lti_resource_link_created RC
    resource_link_id:gid resource_link_uuid:guid lookup_uuid:guid context_id:gid context_type:str
    context_external_tool_id:gid url:str? workflow_state:str
lti_resource_link_updated RC
    resource_link_id:gid resource_link_uuid:guid lookup_uuid:guid context_id:gid context_type:str
    context_external_tool_id:gid url:str? workflow_state:str
master_migration_completed J
    master_migration_id:lid master_template_id:lid account_id:gid account_uuid:uuid40 blueprint_course_id:gid
    blueprint_course_uuid:uuid40
master_migration_started J
    master_migration_id:lid master_template_id:lid account_id:gid account_uuid:uuid40 blueprint_course_id:gid
    blueprint_course_uuid:uuid40
master_template_created RC
    master_template_id:lid account_id:gid account_uuid:uuid40 blueprint_course_id:gid
    blueprint_course_uuid:uuid40 blueprint_course_title:str blueprint_course_workflow_state:str
module_created RC
    module_id:lid context_id:lid context_type:str name:str position:int workflow_state:str
module_item_created RC
    module_item_id:lid module_id:lid context_id:lid context_type:str position:int workflow_state:str
module_item_updated RC
    module_item_id:lid module_id:lid context_id:lid context_type:str position:int workflow_state:str
module_updated RC
    module_id:lid context_id:lid context_type:str name:str position:int workflow_state:str
outcome_calculation_method_created RC
    outcome_calculation_method_id:lid context_type:str context_id:lid workflow_state:str calculation_method:str
    calculation_int:int?
outcome_calculation_method_updated RC
    outcome_calculation_method_id:lid context_type:str context_id:lid workflow_state:str calculation_method:str
    calculation_int:int? updated_at:ts
outcome_friendly_description_created RC
    outcome_friendly_description_id:lid context_type:str context_id:lid description:str workflow_state:str
    learning_outcome_id:lid learning_outcome_context_uuid:uuid40 root_account_id:lid
outcome_friendly_description_updated RC
    outcome_friendly_description_id:lid context_type:str context_id:lid description:str workflow_state:str
    learning_outcome_id:lid learning_outcome_context_uuid:uuid40 root_account_id:lid updated_at:ts
outcome_proficiency_created RC
    outcome_proficiency_id:lid context_type:str context_id:lid workflow_state:str
    outcome_proficiency_ratings:arr<obj>
outcome_proficiency_updated RC
    outcome_proficiency_id:lid context_type:str context_id:lid workflow_state:str
    outcome_proficiency_ratings:arr<obj> updated_at:ts
plagiarism_resubmit RC
    submission_id:gid assignment_id:gid user_id:gid submitted_at:ts? graded_at:ts? updated_at:ts score:num?
    grade:str? submission_type:str? body:text8k? url:str? attempt:int? late:bool missing:bool
    lti_assignment_id:guid lti_user_id:uuid40? group_id:lid? posted_at:ts? workflow_state:str
    associated_integration_id:str@ associated_integration_ids:arr<str>@
quiz_export_complete JC
quiz_submitted RC
    submission_id:gid quiz_id:gid
quizzes_next_quiz_duplicated R
rubric_assessed RC
    id:lid aligned_to_outcomes:bool artifact_id:lid artifact_type:str assessment_type:str context_uuid:uuid40@
    submitted_at:ts? created_at:ts updated_at:ts attempt:int?
sis_batch_created J
    sis_batch_id:lid account_id:lid workflow_state:str
sis_batch_updated J
    sis_batch_id:lid account_id:lid workflow_state:str
submission_comment_created RC
    submission_comment_id:lid submission_id:lid user_id:lid created_at:ts attachment_ids:arr<lid> body:text8k
submission_created RC
    submission_id:gid assignment_id:gid user_id:gid submitted_at:ts? graded_at:ts? updated_at:ts score:num?
    grade:str? submission_type:str? body:text8k? url:str? attempt:int? late:bool missing:bool
    lti_assignment_id:guid lti_user_id:uuid40? group_id:lid? posted_at:ts? workflow_state:str
    associated_integration_id:str@ associated_integration_ids:arr<str>@
submission_custom_grade_status RC
    assignment_id:lid submission_id:lid user_id:lid course_id:lid submission_status:str
    submission_status_id:lid0 old_submission_status:str old_submission_status_id:lid0 updated_at:ts
submission_updated RC
    submission_id:gid assignment_id:gid user_id:gid submitted_at:ts? graded_at:ts? updated_at:ts score:num?
    grade:str? submission_type:str? body:text8k? url:str? attempt:int? late:bool missing:bool
    lti_assignment_id:guid lti_user_id:uuid40? group_id:lid? posted_at:ts? workflow_state:str
    associated_integration_id:str@ associated_integration_ids:arr<str>@
syllabus_updated RC
    course_id:gid syllabus_body:text8k? old_syllabus_body:text8k?
user_account_association_created J
    user_id:gid account_id:gid account_uuid:uuid40 created_at:ts updated_at:ts is_admin:bool
user_created RC
    user_id:gid uuid:uuid40 name:str short_name:str workflow_state:str created_at:ts updated_at:ts
    user_login:str? user_sis_id:str?
user_updated RC
    user_id:gid uuid:uuid40 name:str short_name:str workflow_state:str created_at:ts updated_at:ts
    user_login:str? user_sis_id:str?
wiki_page_created RC
    wiki_page_id:gid title:text8k body:text8k?
wiki_page_deleted RC
    wiki_page_id:gid title:text8k
wiki_page_updated RC
    wiki_page_id:gid title:text8k body:text8k? old_title:text8k@ old_body:text8k@
""")

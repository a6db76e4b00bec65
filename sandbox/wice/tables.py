"""Wice's tables and columns as its public documents name them (wice-api.md; WiceDe/Wice-CRM-Documentation)."""

from enum import StrEnum

MANDANT_ROWID = "17"
"""The tenant's number in the column `mandant`; negative: the row lies in the recycle bin."""


class Table(StrEnum):
    """The tables under their names on the wire."""

    PERSON = "address_contactperson"
    COMPANY = "address_company"
    EMPLOYEE = "address_employee"
    APPOINTMENT = "appointment"


_SOCIAL = ("xing_url", "facebook_url", "linkedin_url", "twitter_url")
_CATEGORIES = ("address_category_1", "address_category_2", "address_category_3", "address_category_4")

COLUMNS: dict[Table, tuple[str, ...]] = {
    Table.PERSON: (
        "for_rowid",
        "same_contactperson",
        "deactivated",
        "name",
        "firstname",
        "title",
        "salutation",
        "serial_salutation",
        "department",
        "position",
        "email",
        "phone",
        "phone2",
        "phone3",
        "fax",
        "mobile_phone",
        "private_email",
        "private_phone",
        "private_mobile_phone",
        "private_street",
        "private_street_number",
        "private_zip_code",
        "private_town",
        "private_state",
        "private_country",
        "private_country_symbol",
        "birthday",
        "picture_url",
        "import_key",
        *_SOCIAL,
        *_CATEGORIES,
    ),
    Table.COMPANY: (
        "deactivated",
        "name",
        "email",
        "phone",
        "fax",
        "url",
        "street",
        "street_number",
        "zip_code",
        "p_o_box",
        "town",
        "state",
        "country",
        "country_symbol",
        "remarks",
        "number_of_employees",
        "turnover",
        "import_key",
        *_SOCIAL,
        *_CATEGORIES,
    ),
    Table.EMPLOYEE: (
        "firstname",
        "name",
        "email",
        "deactivated",
        "department",
        "position",
        "phone",
        "privphone",
        "fax",
        "mobile_phone",
        "birthday",
    ),
    Table.APPOINTMENT: (
        "title",
        "description",
        "location",
        "category",
        "date_start",
        "time_start",
        "date_end",
        "time_end",
        "fulltime",
        "private",
        "external",
        "participants",
        "participant_groups",
        "additional_participants",
        "uid",
        "rrule",
        "exdates",
        "overrides",
        "import_key",
    ),
}

LIST_COLUMNS = ("participants", "participant_groups", "exdates", "overrides")
ZERO_COLUMNS = ("deactivated", "for_rowid", "same_contactperson", "fulltime", "private", "external", *_CATEGORIES)
"""Columns whose empty value is written "0"."""

EXACT_COLUMNS = (*ZERO_COLUMNS, "rowid", "mandant", "import_key", "uid", "outlook_sync")
"""Columns that a search compares as they are, never by parts."""

SYSTEM_COLUMNS = ("rowid", "mandant", "last_update", "outlook_sync", "cookie", "method")
"""What a caller cannot set by an insert or an update."""

UI_COLUMNS: dict[str, str] = {
    **dict.fromkeys(
        (
            "tablink_general",
            "tablink_notes",
            "tablink_documents",
            "tablink_template",
            "tablink_same_person",
            "tablink_tickets",
            "tablink_appointments",
            "tablink_relations",
            "tablink_mailings",
            "tablink_history",
            "add_entry_link",
            "edit_link",
            "del_link",
            "copy_link",
            "ext_search_link",
            "show_closed_link",
            "cp_related_entries_link",
            "outlook_sync_link",
            "vcard_link",
            "new_ticket",
        ),
        "/pserv/base/address?tab=1",
    ),
    **dict.fromkeys(
        (
            "charset_may_be_modified",
            "general_selected",
            "notes_displayed",
            "documents_displayed",
            "showtabs",
            "https",
            "is_admin",
            "demo_mode",
            "is_favourite",
            "status_locked",
            "hide_projects",
            "hide_booking",
            "hide_kbase",
            "hide_messaging_and_forums",
            "projects_available",
            "change_log_available",
            "soc_checked",
            "multiple_currencies_supported",
            "multiselect_without_modkey",
            "found_entries_not_needed",
        ),
        "1",
    ),
    **dict.fromkeys(
        (
            "section_name",
            "section_name_singular",
            "class_name",
            "tablename",
            "selected_tablename",
            "formaction",
            "cgi_path",
            "base_url",
            "protocol",
            "menu_link_prefix",
            "current_theme",
            "mandant_color",
            "searchstring",
            "searchcol_select",
            "simplesstring",
            "session_data",
            "global_config",
            "history_log",
            "oldstatus",
            "oldstatus_remarks",
            "status_date",
            "status_time",
            "updated_by_user",
            "updated_by_user_group",
            "user_column_155",
            "user_column_input_fields",
            "std_td_font_size",
            "relations_imagemap",
            "address_location_formatted",
            "caring_employee",
        ),
        "",
    ),
}
"""What the web page needs and a full row carries along; no client may rely on it or send it back."""

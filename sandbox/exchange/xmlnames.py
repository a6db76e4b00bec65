"""The names of EWS: namespaces, which property an element carries, and the order Microsoft's schema wants (types.xsd, Exchange 2016)."""

from collections.abc import Mapping
from typing import Final

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
TYPES: Final = "http://schemas.microsoft.com/exchange/services/2006/types"
MESSAGES: Final = "http://schemas.microsoft.com/exchange/services/2006/messages"
ERRORS: Final = "http://schemas.microsoft.com/exchange/services/2006/errors"


def words(text: str) -> list[str]:
    """Names as a list; written in one string because that is how a table of names reads best."""
    return text.split()


_ITEM = words(
    "MimeContent ItemId ParentFolderId ItemClass Subject Sensitivity Body Attachments DateTimeReceived Size "
    "Categories Importance InReplyTo IsSubmitted IsDraft IsFromMe IsResend IsUnmodified InternetMessageHeaders "
    "DateTimeSent DateTimeCreated ResponseObjects ReminderDueBy ReminderIsSet ReminderNextTime "
    "ReminderMinutesBeforeStart DisplayCc DisplayTo DisplayBcc HasAttachments ExtendedProperty Culture "
    "EffectiveRights LastModifiedName LastModifiedTime IsAssociated WebClientReadFormQueryString "
    "WebClientEditFormQueryString ConversationId UniqueBody Flag StoreEntryId InstanceKey NormalizedBody "
    "EntityExtractionResult PolicyTag ArchiveTag RetentionDate Preview RightsManagementLicenseData "
    "PredictedActionReasons IsClutter BlockStatus HasBlockedImages TextBody IconIndex"
)

_CONTACT = words(
    "FileAs FileAsMapping DisplayName GivenName Initials MiddleName Nickname CompleteName CompanyName EmailAddresses "
    "PhysicalAddresses PhoneNumbers AssistantName Birthday BusinessHomePage Children Companies ContactSource "
    "Department Generation ImAddresses JobTitle Manager Mileage OfficeLocation PostalAddressIndex Profession "
    "SpouseName Surname WeddingAnniversary HasPicture PhoneticFullName PhoneticFirstName PhoneticLastName Alias Notes "
    "Photo UserSMIMECertificate MSExchangeCertificate DirectoryId ManagerMailbox DirectReports"
)

_CALENDAR = words(
    "UID RecurrenceId DateTimeStamp Start End OriginalStart IsAllDayEvent LegacyFreeBusyStatus Location When "
    "IsMeeting IsCancelled IsRecurring MeetingRequestWasSent IsResponseRequested CalendarItemType MyResponseType "
    "Organizer RequiredAttendees OptionalAttendees Resources InboxReminders ConflictingMeetingCount "
    "AdjacentMeetingCount Duration TimeZone AppointmentReplyTime AppointmentSequenceNumber AppointmentState "
    "Recurrence FirstOccurrence LastOccurrence ModifiedOccurrences DeletedOccurrences MeetingTimeZone StartTimeZone "
    "EndTimeZone ConferenceType AllowNewTimeProposal IsOnlineMeeting MeetingWorkspaceUrl NetShowUrl EnhancedLocation "
    "StartWallClock EndWallClock StartTimeZoneId EndTimeZoneId JoinOnlineMeetingUrl OnlineMeetingSettings IsOrganizer"
)

_MESSAGE = words(
    "Sender ToRecipients CcRecipients BccRecipients IsReadReceiptRequested IsDeliveryReceiptRequested "
    "ConversationIndex ConversationTopic From InternetMessageId IsRead IsResponseRequested References ReplyTo "
    "ReceivedBy ReceivedRepresenting"
)

_TASK = words(
    "ActualWork AssignedTime BillingInformation ChangeCount Companies CompleteDate Contacts DelegationState Delegator "
    "DueDate IsAssignmentEditable IsComplete IsRecurring IsTeamTask Mileage Owner PercentComplete Recurrence "
    "StartDate Status StatusDescription TotalWork"
)

_LIST = words("DisplayName FileAs ContactSource Members")


def _keys(prefix: str, names: list[str]) -> dict[str, str]:
    return {name: f"{prefix}:{name}" for name in names}


_ITEM_KEYS = _keys("item", _ITEM)

FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "Item": _ITEM_KEYS,
    "Message": _ITEM_KEYS | _keys("message", _MESSAGE),
    "Contact": _ITEM_KEYS | _keys("contacts", _CONTACT),
    "DistributionList": _ITEM_KEYS | _keys("contacts", _LIST) | {"Members": "distributionlist:Members"},
    "CalendarItem": _ITEM_KEYS | _keys("calendar", _CALENDAR),
    "Task": _ITEM_KEYS | _keys("task", _TASK),
    "PostItem": _ITEM_KEYS,
    "RoleMember": _ITEM_KEYS,
}
"""Element of an item -> child element, in schema order -> field URI."""

ITEM_CLASSES: Final = {
    "Item": "IPM",
    "Message": "IPM.Note",
    "Contact": "IPM.Contact",
    "DistributionList": "IPM.DistList",
    "CalendarItem": "IPM.Appointment",
    "Task": "IPM.Task",
    "PostItem": "IPM.Post",
    "RoleMember": "IPM.RoleMember",
}

ENTRY_URI: Final = {
    "EmailAddresses": "contacts:EmailAddress",
    "PhoneNumbers": "contacts:PhoneNumber",
    "ImAddresses": "contacts:ImAddress",
    "PhysicalAddresses": "contacts:PhysicalAddress",
}
"""Dictionary elements of a contact -> field URI of one entry."""

LABELS: Final = {
    "EmailAddresses": ["EmailAddress1", "EmailAddress2", "EmailAddress3"],
    "ImAddresses": ["ImAddress1", "ImAddress2", "ImAddress3"],
    "PhysicalAddresses": ["Business", "Home", "Other"],
    "PhoneNumbers": words(
        "AssistantPhone BusinessFax BusinessPhone BusinessPhone2 Callback CarPhone CompanyMainPhone HomeFax HomePhone "
        "HomePhone2 Isdn MobilePhone OtherFax OtherTelephone Pager PrimaryPhone RadioPhone Telex TtyTddPhone"
    ),
}

ADDRESS_PARTS: Final = words("Street City State CountryOrRegion PostalCode")

PROPERTY_SETS: Final = {
    "Meeting": "6ed8da90-450b-101b-98da-00aa003f1305",
    "Appointment": "00062002-0000-0000-c000-000000000046",
    "Common": "00062008-0000-0000-c000-000000000046",
    "PublicStrings": "00020329-0000-0000-c000-000000000046",
    "Address": "00062004-0000-0000-c000-000000000046",
    "InternetHeaders": "00020386-0000-0000-c000-000000000046",
    "CalendarAssistant": "11000e07-b51b-40d6-af21-caa85edab1d0",
    "UnifiedMessaging": "4442858e-a9e3-4e80-b900-317a210cc15b",
    "Task": "00062003-0000-0000-c000-000000000046",
    "Sharing": "00062040-0000-0000-c000-000000000046",
}
"""Distinguished property sets and their GUIDs (MS-OXPROPS 1.3.2): both spellings name the same property."""

READ_ONLY: Final = frozenset(
    words(
        "item:ItemId item:ParentFolderId item:Size item:DateTimeCreated item:DateTimeReceived item:DateTimeSent "
        "item:HasAttachments item:EffectiveRights item:LastModifiedName item:LastModifiedTime item:IsDraft item:IsFromMe "
        "item:IsResend item:IsSubmitted item:IsUnmodified item:IsAssociated item:ReminderNextTime item:DisplayTo "
        "item:DisplayCc item:DisplayBcc item:ConversationId item:ResponseObjects item:WebClientReadFormQueryString "
        "item:WebClientEditFormQueryString item:UniqueBody item:TextBody item:Preview item:InstanceKey item:StoreEntryId "
        "item:NormalizedBody item:EntityExtractionResult contacts:CompleteName contacts:HasPicture contacts:ContactSource "
        "contacts:Alias contacts:Notes contacts:Photo contacts:DirectoryId contacts:ManagerMailbox contacts:DirectReports "
        "contacts:PhoneticFullName contacts:UserSMIMECertificate contacts:MSExchangeCertificate calendar:RecurrenceId "
        "calendar:DateTimeStamp calendar:OriginalStart calendar:IsMeeting calendar:IsCancelled calendar:IsRecurring "
        "calendar:MeetingRequestWasSent calendar:CalendarItemType calendar:MyResponseType calendar:Organizer "
        "calendar:ConflictingMeetingCount calendar:AdjacentMeetingCount calendar:Duration calendar:TimeZone "
        "calendar:AppointmentReplyTime calendar:AppointmentSequenceNumber calendar:AppointmentState "
        "calendar:FirstOccurrence calendar:LastOccurrence calendar:ModifiedOccurrences calendar:DeletedOccurrences "
        "calendar:StartWallClock calendar:EndWallClock calendar:StartTimeZoneId calendar:EndTimeZoneId "
        "calendar:IsOrganizer"
    )
)
"""What clients may not write: the server derives it. Setting it answers ErrorInvalidPropertySet."""

DATE_TIMES: Final = frozenset(
    words(
        "item:DateTimeCreated item:DateTimeReceived item:DateTimeSent item:LastModifiedTime item:ReminderDueBy "
        "calendar:Start calendar:End contacts:Birthday contacts:WeddingAnniversary"
    )
)
"""Properties that restrictions compare as points in time, not as text."""

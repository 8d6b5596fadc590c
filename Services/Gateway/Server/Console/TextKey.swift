/// Every text of the console. The raw value is its name in templates.
enum TextKey: String, CaseIterable, Sendable {
    case skip
    case queue
    case views
    case viewMine = "view_mine"
    case viewUnassigned = "view_unassigned"
    case viewOpen = "view_open"
    case viewSolved = "view_solved"
    case search
    case searchHint = "search_hint"
    case searchResults = "search_results"
    case searchEmpty = "search_empty"
    case queueEmpty = "queue_empty"
    case sort
    case sortCreatedDescending = "sort_created_descending"
    case sortCreatedAscending = "sort_created_ascending"
    case sortUpdatedDescending = "sort_updated_descending"
    case sortUpdatedAscending = "sort_updated_ascending"
    case sortPriorityDescending = "sort_priority_descending"
    case apply
    case ticket
    case subject
    case requester
    case status
    case priority
    case type
    case team
    case assignee
    case tags
    case due
    case updated
    case nobody
    case noTeam = "no_team"
    case statusNew = "status_new"
    case statusOpen = "status_open"
    case statusPending = "status_pending"
    case statusOnHold = "status_on_hold"
    case statusSolved = "status_solved"
    case statusClosed = "status_closed"
    case priorityLow = "priority_low"
    case priorityNormal = "priority_normal"
    case priorityHigh = "priority_high"
    case priorityUrgent = "priority_urgent"
    case typeQuestion = "type_question"
    case typeIncident = "type_incident"
    case typeProblem = "type_problem"
    case typeTask = "type_task"
    case channelEmail = "channel_email"
    case channelWeb = "channel_web"
    case channelChat = "channel_chat"
    case channelPhone = "channel_phone"
    case channelApi = "channel_api"
    case presence
    case presenceOnline = "presence_online"
    case presenceAway = "presence_away"
    case presenceOffline = "presence_offline"
    case set
    case metricFirstResponse = "metric_first_response"
    case metricNextResponse = "metric_next_response"
    case metricResolution = "metric_resolution"
    case stateRunning = "state_running"
    case statePaused = "state_paused"
    case stateMet = "state_met"
    case stateBreached = "state_breached"
    case stateCancelled = "state_cancelled"
    case nextPage = "next_page"
    case signIn = "sign_in"
    case signInAs = "sign_in_as"
    case signInNeeded = "sign_in_needed"
    case linkUsed = "link_used"
    case signOut = "sign_out"
    case messages
    case reply
    case visibility
    case replyPublic = "reply_public"
    case replyInternal = "reply_internal"
    case yourMessage = "your_message"
    case statusAfter = "status_after"
    case unchanged
    case send
    case attach
    case uploading
    case uploadFailed = "upload_failed"
    case remove
    case properties
    case save
    case deadlines
    case noDeadlines = "no_deadlines"
    case deadlinesAway = "deadlines_away"
    case why
    case policy
    case counted
    case notCounted = "not_counted"
    case history
    case quoted
    case formatted
    case source
    case fromMachine = "from_machine"
    case wrapperEncrypted = "wrapper_encrypted"
    case wrapperSigned = "wrapper_signed"
    case wrapperInvitation = "wrapper_invitation"
    case wrapperWinmail = "wrapper_winmail"
    case remoteImages = "remote_images"
    case showRemoteImages = "show_remote_images"
    case attachments
    case moreMessages = "more_messages"
    case quarantined
    case quarantinedShort = "quarantined_short"
    case draftKept = "draft_kept"
    case changesKept = "changes_kept"
    case now
    case bodyMissing = "body_missing"
    case doneSent = "done_sent"
    case doneSaved = "done_saved"
    case doneAdded = "done_added"
    case doneRemoved = "done_removed"
    case doneJoined = "done_joined"
    case doneLeft = "done_left"
    case doneMerged = "done_merged"
    case refused
    case pageStale = "page_stale"
    case away
    case failed
    case notFound = "not_found"
    case liveMessage = "live_message"
    case liveChanged = "live_changed"
    case liveQueue = "live_queue"
    case show
    case eventCreated = "event_created"
    case eventAssigned = "event_assigned"
    case eventQueued = "event_queued"
    case eventStatus = "event_status"
    case eventMessage = "event_message"
    case eventWarned = "event_warned"
    case eventBreached = "event_breached"
    case eventMergedInto = "event_merged_into"
    case eventMergedFrom = "event_merged_from"
    case eventJoined = "event_joined"
    case eventLeft = "event_left"
    case participants
    case eventDeliveryFailed = "event_delivery_failed"
    case eventDeliveryBounced = "event_delivery_bounced"
    case eventDeliverySuppressed = "event_delivery_suppressed"
    case eventSurvey = "event_survey"
    case satisfactionGood = "satisfaction_good"
    case satisfactionBad = "satisfaction_bad"
    case participantAdd = "participant_add"
    case add
    case cancel
    case merge
    case mergeInto = "merge_into"
    case mergeLook = "merge_look"
    case mergeTitle = "merge_title"
    case mergeSource = "merge_source"
    case mergeTarget = "merge_target"
    case mergeAbout = "merge_about"
    case mergeOther = "merge_other"
    case mergeStale = "merge_stale"
    case mergeUnknown = "merge_unknown"
    case settings
    case settingsProfile = "settings_profile"
    case settingsMailboxes = "settings_mailboxes"
    case settingsBlocked = "settings_blocked"
    case settingsSuspended = "settings_suspended"
    case settingsSuppressions = "settings_suppressions"
    case name
    case email
    case signature
    case signatureHint = "signature_hint"
    case sender
    case senderHint = "sender_hint"
    case reason
    case since
    case blockedBy = "blocked_by"
    case block
    case unblock
    case blockSender = "block_sender"
    case blockedAbout = "blocked_about"
    case blockedEmpty = "blocked_empty"
    case suspendedAbout = "suspended_about"
    case suspendedEmpty = "suspended_empty"
    case recipient
    case received
    case forgotten
    case suppressionsAbout = "suppressions_about"
    case suppressionsEmpty = "suppressions_empty"
    case suppressionWhy = "suppression_why"
    case allowAgain = "allow_again"
    case find
    case mailboxDefault = "mailbox_default"
    case ccPolicy = "cc_policy"
    case ccPolicyIgnore = "cc_policy_ignore"
    case ccPolicyKnown = "cc_policy_known"
    case ccPolicyAll = "cc_policy_all"
    case fromName = "from_name"
    case fromNameHint = "from_name_hint"
    case color
    case colorHint = "color_hint"
    case footer
    case footerHint = "footer_hint"
    case surveyAfter = "survey_after"
    case surveyAfterHint = "survey_after_hint"
    case surveyTitle = "survey_title"
    case surveyThanks = "survey_thanks"
    case surveyChange = "survey_change"
    case surveyClosed = "survey_closed"
    case timeIn = "time_in"
    case timeAgo = "time_ago"
    case unitMinutes = "unit_minutes"
    case unitHours = "unit_hours"
    case unitDays = "unit_days"
    case whyBusinessHours = "why_business_hours"
    case whyOutsideHours = "why_outside_hours"
    case whyPaused = "why_paused"
    case whyHoliday = "why_holiday"
}

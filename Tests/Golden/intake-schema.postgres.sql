CREATE INDEX attachments_blob ON attachments USING btree (blob_hash);

CREATE INDEX attachments_message ON attachments USING btree (message_id, id);

CREATE INDEX attachments_token ON attachments USING btree (token) WHERE (token <> ''::text);

CREATE INDEX attachments_unbound ON attachments USING btree (created_at) WHERE (message_id IS NULL);

CREATE INDEX attachments_unused ON attachments USING btree (owner) WHERE (message_id IS NULL);

CREATE INDEX history_ticket ON history USING btree (ticket_id, id);

CREATE INDEX idempotency_key_by_age ON idempotency_key USING btree (at_ms);

CREATE INDEX imap_mails_content ON imap_mails USING btree (mailbox_id, content_key);

CREATE INDEX imap_mails_due ON imap_mails USING btree (mailbox_id, uid) WHERE (due = 1);

CREATE INDEX messages_source ON messages USING btree (source_hash) WHERE (source_hash IS NOT NULL);

CREATE INDEX messages_ticket ON messages USING btree (ticket_id, id);

CREATE INDEX organization_domains_organization ON organization_domains USING btree (organization_id);

CREATE INDEX requester_search_vector ON requester_search USING gin (vector);

CREATE INDEX requesters_organization ON requesters USING btree (organization_id, id) WHERE (organization_id IS NOT NULL);

CREATE INDEX search_rows_vector ON search_rows USING gin (vector);

CREATE INDEX staff_unknown ON staff USING btree (user_id) WHERE ((email = ''::text) AND (active = 1));

CREATE INDEX suspended_mails_at ON suspended_mails USING btree (at);

CREATE INDEX suspended_mails_source ON suspended_mails USING btree (source_hash);

CREATE INDEX tickets_assignee ON tickets USING btree (assignee_id, status, id);

CREATE INDEX tickets_created ON tickets USING btree (created_at, id);

CREATE INDEX tickets_organization ON tickets USING btree (organization_id, id) WHERE (organization_id IS NOT NULL);

CREATE INDEX tickets_priority ON tickets USING btree (priority, id);

CREATE INDEX tickets_requester ON tickets USING btree (requester_id, id);

CREATE INDEX tickets_status ON tickets USING btree (status, id);

CREATE INDEX tickets_team ON tickets USING btree (team_id, status, id);

CREATE INDEX tickets_updated ON tickets USING btree (updated_at, id);

CREATE INDEX uploads_blob ON uploads USING btree (blob_hash) WHERE (blob_hash IS NOT NULL);

CREATE INDEX uploads_created ON uploads USING btree (created_at);

CREATE INDEX uploads_unended ON uploads USING btree (owner) WHERE (blob_hash IS NULL);

CREATE UNIQUE INDEX attachments_pkey ON attachments USING btree (id);

CREATE UNIQUE INDEX blocked_senders_pkey ON blocked_senders USING btree (id);

CREATE UNIQUE INDEX blocked_senders_sender ON blocked_senders USING btree (sender) WHERE (removed_at IS NULL);

CREATE UNIQUE INDEX history_pkey ON history USING btree (id);

CREATE UNIQUE INDEX idempotency_key_caller_method_idempotency_key_key ON idempotency_key USING btree (caller, method, idempotency_key);

CREATE UNIQUE INDEX idempotency_key_pkey ON idempotency_key USING btree (id);

CREATE UNIQUE INDEX imap_mails_pkey ON imap_mails USING btree (mailbox_id, epoch, uid_validity, uid);

CREATE UNIQUE INDEX imap_places_pkey ON imap_places USING btree (mailbox_id);

CREATE UNIQUE INDEX imap_sources_pkey ON imap_sources USING btree (mailbox_id);

CREATE UNIQUE INDEX imap_troubles_pkey ON imap_troubles USING btree (mailbox_id, epoch, uid_validity, uid);

CREATE UNIQUE INDEX journal_cursor_pkey ON journal_cursor USING btree (source);

CREATE UNIQUE INDEX journal_entry_pkey ON journal_entry USING btree (entry_offset);

CREATE UNIQUE INDEX mail_ids_pkey ON mail_ids USING btree (mail_id, message_id);

CREATE UNIQUE INDEX mail_sources_pkey ON mail_sources USING btree (source_key);

CREATE UNIQUE INDEX mailboxes_address_key ON mailboxes USING btree (address);

CREATE UNIQUE INDEX mailboxes_default ON mailboxes USING btree (is_default) WHERE (is_default = 1);

CREATE UNIQUE INDEX mailboxes_pkey ON mailboxes USING btree (id);

CREATE UNIQUE INDEX messages_pkey ON messages USING btree (id);

CREATE UNIQUE INDEX organization_domains_pkey ON organization_domains USING btree (domain);

CREATE UNIQUE INDEX organizations_external_id_key ON organizations USING btree (external_id);

CREATE UNIQUE INDEX organizations_pkey ON organizations USING btree (id);

CREATE UNIQUE INDEX requester_search_pkey ON requester_search USING btree (id);

CREATE UNIQUE INDEX requesters_email_key ON requesters USING btree (email);

CREATE UNIQUE INDEX requesters_external_id_key ON requesters USING btree (external_id);

CREATE UNIQUE INDEX requesters_pkey ON requesters USING btree (id);

CREATE UNIQUE INDEX search_rows_header ON search_rows USING btree (ticket_id) WHERE (subject IS NOT NULL);

CREATE UNIQUE INDEX search_rows_pkey ON search_rows USING btree (id);

CREATE UNIQUE INDEX staff_email ON staff USING btree (email) WHERE (email <> ''::text);

CREATE UNIQUE INDEX staff_pkey ON staff USING btree (user_id);

CREATE UNIQUE INDEX store_blob_content_id_key ON store_blob USING btree (content_id);

CREATE UNIQUE INDEX store_blob_part_pkey ON store_blob_part USING btree (content_id, entry_offset);

CREATE UNIQUE INDEX store_blob_pkey ON store_blob USING btree (hash);

CREATE UNIQUE INDEX store_counter_pkey ON store_counter USING btree (kind);

CREATE UNIQUE INDEX store_lease_pkey ON store_lease USING btree (singleton);

CREATE UNIQUE INDEX store_meta_pkey ON store_meta USING btree (singleton);

CREATE UNIQUE INDEX store_migration_pkey ON store_migration USING btree (scope, place);

CREATE UNIQUE INDEX store_upload_content_id_key ON store_upload USING btree (content_id);

CREATE UNIQUE INDEX store_upload_pkey ON store_upload USING btree (token);

CREATE UNIQUE INDEX suspended_mails_pkey ON suspended_mails USING btree (id);

CREATE UNIQUE INDEX suspended_mails_source_key_key ON suspended_mails USING btree (source_key);

CREATE UNIQUE INDEX ticket_fields_pkey ON ticket_fields USING btree (ticket_id, name);

CREATE UNIQUE INDEX ticket_merges_pkey ON ticket_merges USING btree (target_id, source_id);

CREATE UNIQUE INDEX ticket_participants_pkey ON ticket_participants USING btree (ticket_id, email);

CREATE UNIQUE INDEX ticket_tags_pkey ON ticket_tags USING btree (tag, ticket_id);

CREATE UNIQUE INDEX tickets_pkey ON tickets USING btree (id);

CREATE UNIQUE INDEX tickets_reply_token_key ON tickets USING btree (reply_token);

CREATE UNIQUE INDEX uploads_pkey ON uploads USING btree (token);

column attachments.blob_hash text NOT NULL COLLATE C;

column attachments.content_id text NOT NULL COLLATE C;

column attachments.content_type text NOT NULL COLLATE C;

column attachments.created_at bigint NOT NULL;

column attachments.filename text NOT NULL COLLATE C;

column attachments.id bigint NOT NULL;

column attachments.is_inline bigint NOT NULL;

column attachments.message_id bigint;

column attachments.owner text NOT NULL COLLATE C;

column attachments.size_bytes bigint NOT NULL;

column attachments.token text NOT NULL COLLATE C;

column blocked_senders.created_at bigint NOT NULL;

column blocked_senders.created_by_id bigint NOT NULL;

column blocked_senders.created_by_kind bigint NOT NULL;

column blocked_senders.created_by_service text NOT NULL COLLATE C;

column blocked_senders.id bigint NOT NULL;

column blocked_senders.reason text NOT NULL COLLATE C;

column blocked_senders.removed_at bigint;

column blocked_senders.removed_by_id bigint;

column blocked_senders.removed_by_kind bigint;

column blocked_senders.removed_by_service text COLLATE C;

column blocked_senders.sender text NOT NULL COLLATE C;

column history.actor_id bigint NOT NULL;

column history.actor_kind bigint NOT NULL;

column history.actor_service text NOT NULL COLLATE C;

column history.at bigint NOT NULL;

column history.facts text NOT NULL COLLATE C;

column history.id bigint NOT NULL;

column history.kind text NOT NULL COLLATE C;

column history.ticket_id bigint NOT NULL;

column idempotency_key.at_ms bigint NOT NULL;

column idempotency_key.caller text NOT NULL COLLATE C;

column idempotency_key.id bigint NOT NULL;

column idempotency_key.idempotency_key text NOT NULL COLLATE C;

column idempotency_key.method text NOT NULL COLLATE C;

column idempotency_key.request_hash bytea NOT NULL;

column idempotency_key.response bytea NOT NULL;

column imap_mails.at bigint NOT NULL;

column imap_mails.content_key text NOT NULL COLLATE C;

column imap_mails.copied bigint NOT NULL DEFAULT 0;

column imap_mails.due bigint NOT NULL;

column imap_mails.epoch bigint NOT NULL;

column imap_mails.mailbox_id bigint NOT NULL;

column imap_mails.message_id bigint NOT NULL;

column imap_mails.quarantined bigint NOT NULL;

column imap_mails.ticket_id bigint NOT NULL;

column imap_mails.uid bigint NOT NULL;

column imap_mails.uid_validity bigint NOT NULL;

column imap_places.epoch bigint NOT NULL;

column imap_places.error text NOT NULL COLLATE C;

column imap_places.error_code text NOT NULL COLLATE C;

column imap_places.failed_at bigint NOT NULL;

column imap_places.fetched bigint NOT NULL;

column imap_places.last_uid bigint NOT NULL;

column imap_places.mailbox_id bigint NOT NULL;

column imap_places.phase bigint NOT NULL;

column imap_places.polled_at bigint NOT NULL;

column imap_places.quarantined bigint NOT NULL;

column imap_places.revision bigint NOT NULL;

column imap_places.uid_validity bigint NOT NULL;

column imap_sources.after_fetch bigint NOT NULL;

column imap_sources.folder text NOT NULL COLLATE C;

column imap_sources.host text NOT NULL COLLATE C;

column imap_sources.login text NOT NULL COLLATE C;

column imap_sources.mailbox_id bigint NOT NULL;

column imap_sources.move_to text NOT NULL COLLATE C;

column imap_sources.paused bigint NOT NULL;

column imap_sources.poll_seconds bigint NOT NULL;

column imap_sources.port bigint NOT NULL;

column imap_sources.secret text NOT NULL COLLATE C;

column imap_sources.secret_file text NOT NULL COLLATE C;

column imap_sources.security bigint NOT NULL;

column imap_sources.sign_in bigint NOT NULL;

column imap_troubles.at bigint NOT NULL;

column imap_troubles.epoch bigint NOT NULL;

column imap_troubles.failures bigint NOT NULL;

column imap_troubles.mailbox_id bigint NOT NULL;

column imap_troubles.reason text NOT NULL COLLATE C;

column imap_troubles.uid bigint NOT NULL;

column imap_troubles.uid_validity bigint NOT NULL;

column journal_cursor.entry_offset bigint NOT NULL;

column journal_cursor.source text NOT NULL COLLATE C;

column journal_cursor.term bigint NOT NULL;

column journal_entry.actor bytea NOT NULL;

column journal_entry.at_ms bigint NOT NULL;

column journal_entry.body bytea NOT NULL;

column journal_entry.cause_offset bigint;

column journal_entry.cause_service text COLLATE C;

column journal_entry.cause_term bigint;

column journal_entry.entry_offset bigint NOT NULL;

column journal_entry.hops bigint NOT NULL;

column journal_entry.kind text NOT NULL COLLATE C;

column journal_entry.term bigint NOT NULL;

column journal_entry.ticket_id bigint NOT NULL;

column journal_entry.trace_parent text NOT NULL COLLATE C;

column journal_entry.version bigint NOT NULL;

column mail_ids.mail_id text NOT NULL COLLATE C;

column mail_ids.message_id bigint NOT NULL;

column mail_ids.ticket_id bigint NOT NULL;

column mail_sources.at bigint NOT NULL;

column mail_sources.message_id bigint NOT NULL;

column mail_sources.quarantined bigint NOT NULL;

column mail_sources.source_key text NOT NULL COLLATE C;

column mail_sources.ticket_id bigint NOT NULL;

column mailboxes.address text NOT NULL COLLATE C;

column mailboxes.cc_policy bigint NOT NULL DEFAULT 2;

column mailboxes.closed_at bigint NOT NULL DEFAULT 0;

column mailboxes.color text NOT NULL DEFAULT ''::text COLLATE C;

column mailboxes.footer text NOT NULL DEFAULT ''::text COLLATE C;

column mailboxes.from_name text NOT NULL DEFAULT ''::text COLLATE C;

column mailboxes.id bigint NOT NULL;

column mailboxes.is_default bigint NOT NULL;

column mailboxes.name text NOT NULL COLLATE C;

column mailboxes.survey_after_minutes bigint NOT NULL DEFAULT 0;

column mailboxes.team_id bigint NOT NULL;

column messages.author_id bigint NOT NULL;

column messages.author_kind bigint NOT NULL;

column messages.author_service text NOT NULL COLLATE C;

column messages.automatic bigint NOT NULL;

column messages.channel bigint NOT NULL;

column messages.created_at bigint NOT NULL;

column messages.html text NOT NULL COLLATE C;

column messages.id bigint NOT NULL;

column messages.in_reply_to text NOT NULL COLLATE C;

column messages.mail_id text NOT NULL COLLATE C;

column messages.new_text text COLLATE C;

column messages.remote_images bigint NOT NULL DEFAULT 0;

column messages.source_bytes bigint NOT NULL;

column messages.source_hash text COLLATE C;

column messages.text text NOT NULL COLLATE C;

column messages.ticket_id bigint NOT NULL;

column messages.visibility bigint NOT NULL;

column messages.wrappers text NOT NULL DEFAULT ''::text COLLATE C;

column organization_domains.domain text NOT NULL COLLATE C;

column organization_domains.organization_id bigint NOT NULL;

column organizations.calendar_id bigint NOT NULL;

column organizations.created_at bigint NOT NULL;

column organizations.external_id text COLLATE C;

column organizations.folded_name text NOT NULL COLLATE C;

column organizations.id bigint NOT NULL;

column organizations.language text NOT NULL COLLATE C;

column organizations.name text NOT NULL COLLATE C;

column organizations.updated_at bigint NOT NULL;

column requester_search.id bigint NOT NULL;

column requester_search.vector tsvector NOT NULL;

column requesters.calendar_id bigint NOT NULL;

column requesters.created_at bigint NOT NULL;

column requesters.email text NOT NULL COLLATE C;

column requesters.external_id text COLLATE C;

column requesters.id bigint NOT NULL;

column requesters.language text NOT NULL COLLATE C;

column requesters.name text NOT NULL COLLATE C;

column requesters.organization_id bigint;

column requesters.updated_at bigint NOT NULL;

column search_rows.id bigint NOT NULL;

column search_rows.internal bigint NOT NULL;

column search_rows.people text COLLATE C;

column search_rows.subject text COLLATE C;

column search_rows.ticket_id bigint NOT NULL;

column search_rows.vector tsvector NOT NULL;

column staff.active bigint NOT NULL;

column staff.email text NOT NULL COLLATE C;

column staff.revision bigint NOT NULL;

column staff.role bigint NOT NULL;

column staff.user_id bigint NOT NULL;

column store_blob.content_id bigint NOT NULL;

column store_blob.hash text NOT NULL COLLATE C;

column store_blob.kept_at_ms bigint NOT NULL;

column store_blob.size_bytes bigint NOT NULL;

column store_blob_part.bytes bytea NOT NULL;

column store_blob_part.content_id bigint NOT NULL;

column store_blob_part.entry_offset bigint NOT NULL;

column store_counter.kind text NOT NULL COLLATE C;

column store_counter.last_id bigint NOT NULL;

column store_lease.address text NOT NULL;

column store_lease.beat bigint NOT NULL;

column store_lease.singleton bigint NOT NULL;

column store_lease.term bigint NOT NULL;

column store_meta.journal_at_ms bigint NOT NULL;

column store_meta.journal_head bigint NOT NULL;

column store_meta.service text NOT NULL COLLATE C;

column store_meta.singleton bigint NOT NULL;

column store_meta.term bigint NOT NULL;

column store_migration.applied_at_ms bigint NOT NULL;

column store_migration.name text NOT NULL COLLATE C;

column store_migration.place bigint NOT NULL;

column store_migration.scope text NOT NULL COLLATE C;

column store_upload.content_id bigint NOT NULL;

column store_upload.kept_at_ms bigint NOT NULL;

column store_upload.size_bytes bigint NOT NULL;

column store_upload.token text NOT NULL COLLATE C;

column suspended_mails.at bigint NOT NULL;

column suspended_mails.blocked_sender_id bigint NOT NULL;

column suspended_mails.id bigint NOT NULL;

column suspended_mails.recipient text NOT NULL COLLATE C;

column suspended_mails.sender text NOT NULL COLLATE C;

column suspended_mails.source_bytes bigint NOT NULL;

column suspended_mails.source_hash text NOT NULL COLLATE C;

column suspended_mails.source_key text NOT NULL COLLATE C;

column suspended_mails.subject text NOT NULL COLLATE C;

column ticket_fields.name text NOT NULL COLLATE C;

column ticket_fields.ticket_id bigint NOT NULL;

column ticket_fields.value text NOT NULL COLLATE C;

column ticket_merges.source_id bigint NOT NULL;

column ticket_merges.target_id bigint NOT NULL;

column ticket_participants.added_at bigint NOT NULL DEFAULT 0;

column ticket_participants.added_by_id bigint NOT NULL DEFAULT 0;

column ticket_participants.added_by_kind bigint NOT NULL DEFAULT 1;

column ticket_participants.added_by_service text NOT NULL DEFAULT ''::text COLLATE C;

column ticket_participants.email text NOT NULL COLLATE C;

column ticket_participants.requester_id bigint;

column ticket_participants.ticket_id bigint NOT NULL;

column ticket_tags.tag text NOT NULL COLLATE C;

column ticket_tags.ticket_id bigint NOT NULL;

column tickets.assignee_id bigint NOT NULL;

column tickets.assignment_epoch bigint NOT NULL;

column tickets.automatic bigint NOT NULL;

column tickets.channel bigint NOT NULL;

column tickets.created_at bigint NOT NULL;

column tickets.follows_ticket_id bigint;

column tickets.id bigint NOT NULL;

column tickets.language text NOT NULL COLLATE C;

column tickets.mailbox_id bigint NOT NULL;

column tickets.merged_into_id bigint;

column tickets.message_count bigint NOT NULL;

column tickets.organization_id bigint;

column tickets.priority bigint NOT NULL;

column tickets.public_message_count bigint NOT NULL;

column tickets.quarantined bigint NOT NULL;

column tickets.reply_token text NOT NULL COLLATE C;

column tickets.requester_id bigint NOT NULL;

column tickets.satisfaction bigint NOT NULL DEFAULT 0;

column tickets.solved_at bigint;

column tickets.status bigint NOT NULL;

column tickets.subject text NOT NULL COLLATE C;

column tickets.tags text NOT NULL COLLATE C;

column tickets.team_id bigint NOT NULL;

column tickets.tier bigint NOT NULL;

column tickets.type bigint NOT NULL;

column tickets.updated_at bigint NOT NULL;

column tickets.version bigint NOT NULL;

column uploads.blob_hash text COLLATE C;

column uploads.created_at bigint NOT NULL;

column uploads.owner text NOT NULL COLLATE C;

column uploads.size_bytes bigint NOT NULL;

column uploads.token text NOT NULL COLLATE C;

constraint attachments.attachments_is_inline_check CHECK ((is_inline = ANY (ARRAY[(0)::bigint, (1)::bigint])));

constraint attachments.attachments_pkey PRIMARY KEY (id);

constraint blocked_senders.blocked_senders_pkey PRIMARY KEY (id);

constraint history.history_actor_kind_check CHECK (((actor_kind >= 1) AND (actor_kind <= 5)));

constraint history.history_pkey PRIMARY KEY (id);

constraint idempotency_key.idempotency_key_caller_method_idempotency_key_key UNIQUE (caller, method, idempotency_key);

constraint idempotency_key.idempotency_key_pkey PRIMARY KEY (id);

constraint imap_mails.imap_mails_due_check CHECK ((due = ANY (ARRAY[(0)::bigint, (1)::bigint])));

constraint imap_mails.imap_mails_mailbox_id_fkey FOREIGN KEY (mailbox_id) REFERENCES mailboxes(id);

constraint imap_mails.imap_mails_pkey PRIMARY KEY (mailbox_id, epoch, uid_validity, uid);

constraint imap_mails.imap_mails_quarantined_check CHECK ((quarantined = ANY (ARRAY[(0)::bigint, (1)::bigint])));

constraint imap_places.imap_places_mailbox_id_fkey FOREIGN KEY (mailbox_id) REFERENCES mailboxes(id);

constraint imap_places.imap_places_phase_check CHECK (((phase >= 1) AND (phase <= 4)));

constraint imap_places.imap_places_pkey PRIMARY KEY (mailbox_id);

constraint imap_sources.imap_sources_after_fetch_check CHECK (((after_fetch >= 1) AND (after_fetch <= 4)));

constraint imap_sources.imap_sources_mailbox_id_fkey FOREIGN KEY (mailbox_id) REFERENCES mailboxes(id);

constraint imap_sources.imap_sources_paused_check CHECK ((paused = ANY (ARRAY[(0)::bigint, (1)::bigint])));

constraint imap_sources.imap_sources_pkey PRIMARY KEY (mailbox_id);

constraint imap_sources.imap_sources_security_check CHECK (((security >= 1) AND (security <= 2)));

constraint imap_sources.imap_sources_sign_in_check CHECK (((sign_in >= 1) AND (sign_in <= 2)));

constraint imap_troubles.imap_troubles_mailbox_id_fkey FOREIGN KEY (mailbox_id) REFERENCES mailboxes(id);

constraint imap_troubles.imap_troubles_pkey PRIMARY KEY (mailbox_id, epoch, uid_validity, uid);

constraint journal_cursor.journal_cursor_pkey PRIMARY KEY (source);

constraint journal_entry.journal_entry_pkey PRIMARY KEY (entry_offset);

constraint mail_ids.mail_ids_pkey PRIMARY KEY (mail_id, message_id);

constraint mail_sources.mail_sources_pkey PRIMARY KEY (source_key);

constraint mail_sources.mail_sources_quarantined_check CHECK ((quarantined = ANY (ARRAY[(0)::bigint, (1)::bigint])));

constraint mailboxes.mailboxes_address_key UNIQUE (address);

constraint mailboxes.mailboxes_cc_policy_check CHECK (((cc_policy >= 1) AND (cc_policy <= 3)));

constraint mailboxes.mailboxes_is_default_check CHECK ((is_default = ANY (ARRAY[(0)::bigint, (1)::bigint])));

constraint mailboxes.mailboxes_pkey PRIMARY KEY (id);

constraint messages.messages_author_kind_check CHECK (((author_kind >= 1) AND (author_kind <= 5)));

constraint messages.messages_automatic_check CHECK ((automatic = ANY (ARRAY[(0)::bigint, (1)::bigint])));

constraint messages.messages_channel_check CHECK (((channel >= 1) AND (channel <= 5)));

constraint messages.messages_pkey PRIMARY KEY (id);

constraint messages.messages_visibility_check CHECK ((visibility = ANY (ARRAY[(1)::bigint, (2)::bigint])));

constraint organization_domains.organization_domains_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id);

constraint organization_domains.organization_domains_pkey PRIMARY KEY (domain);

constraint organizations.organizations_external_id_key UNIQUE (external_id);

constraint organizations.organizations_pkey PRIMARY KEY (id);

constraint requester_search.requester_search_pkey PRIMARY KEY (id);

constraint requesters.requesters_email_key UNIQUE (email);

constraint requesters.requesters_external_id_key UNIQUE (external_id);

constraint requesters.requesters_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id);

constraint requesters.requesters_pkey PRIMARY KEY (id);

constraint search_rows.search_rows_internal_check CHECK ((internal = ANY (ARRAY[(0)::bigint, (1)::bigint])));

constraint search_rows.search_rows_pkey PRIMARY KEY (id);

constraint staff.staff_active_check CHECK ((active = ANY (ARRAY[(0)::bigint, (1)::bigint])));

constraint staff.staff_pkey PRIMARY KEY (user_id);

constraint store_blob.store_blob_content_id_key UNIQUE (content_id);

constraint store_blob.store_blob_pkey PRIMARY KEY (hash);

constraint store_blob_part.store_blob_part_pkey PRIMARY KEY (content_id, entry_offset);

constraint store_counter.store_counter_pkey PRIMARY KEY (kind);

constraint store_lease.store_lease_pkey PRIMARY KEY (singleton);

constraint store_lease.store_lease_singleton_check CHECK ((singleton = 1));

constraint store_meta.store_meta_pkey PRIMARY KEY (singleton);

constraint store_meta.store_meta_singleton_check CHECK ((singleton = 1));

constraint store_migration.store_migration_pkey PRIMARY KEY (scope, place);

constraint store_upload.store_upload_content_id_key UNIQUE (content_id);

constraint store_upload.store_upload_pkey PRIMARY KEY (token);

constraint suspended_mails.suspended_mails_blocked_sender_id_fkey FOREIGN KEY (blocked_sender_id) REFERENCES blocked_senders(id);

constraint suspended_mails.suspended_mails_pkey PRIMARY KEY (id);

constraint suspended_mails.suspended_mails_source_key_key UNIQUE (source_key);

constraint ticket_fields.ticket_fields_pkey PRIMARY KEY (ticket_id, name);

constraint ticket_merges.ticket_merges_pkey PRIMARY KEY (target_id, source_id);

constraint ticket_merges.ticket_merges_source_id_fkey FOREIGN KEY (source_id) REFERENCES tickets(id);

constraint ticket_merges.ticket_merges_target_id_fkey FOREIGN KEY (target_id) REFERENCES tickets(id);

constraint ticket_participants.ticket_participants_pkey PRIMARY KEY (ticket_id, email);

constraint ticket_participants.ticket_participants_requester_id_fkey FOREIGN KEY (requester_id) REFERENCES requesters(id);

constraint ticket_tags.ticket_tags_pkey PRIMARY KEY (tag, ticket_id);

constraint tickets.tickets_automatic_check CHECK ((automatic = ANY (ARRAY[(0)::bigint, (1)::bigint])));

constraint tickets.tickets_channel_check CHECK (((channel >= 1) AND (channel <= 5)));

constraint tickets.tickets_follows_ticket_id_fkey FOREIGN KEY (follows_ticket_id) REFERENCES tickets(id);

constraint tickets.tickets_mailbox_id_fkey FOREIGN KEY (mailbox_id) REFERENCES mailboxes(id);

constraint tickets.tickets_merged_into_id_fkey FOREIGN KEY (merged_into_id) REFERENCES tickets(id);

constraint tickets.tickets_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id);

constraint tickets.tickets_pkey PRIMARY KEY (id);

constraint tickets.tickets_priority_check CHECK (((priority >= 1) AND (priority <= 4)));

constraint tickets.tickets_quarantined_check CHECK ((quarantined = ANY (ARRAY[(0)::bigint, (1)::bigint])));

constraint tickets.tickets_reply_token_check CHECK ((length(reply_token) = 32));

constraint tickets.tickets_reply_token_key UNIQUE (reply_token);

constraint tickets.tickets_requester_id_fkey FOREIGN KEY (requester_id) REFERENCES requesters(id);

constraint tickets.tickets_status_check CHECK (((status >= 1) AND (status <= 6)));

constraint tickets.tickets_type_check CHECK (((type >= 1) AND (type <= 4)));

constraint uploads.uploads_pkey PRIMARY KEY (token);

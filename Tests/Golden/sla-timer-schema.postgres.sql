CREATE INDEX idempotency_key_by_age ON idempotency_key USING btree (at_ms);

CREATE INDEX policy_calendar ON policy USING btree (calendar_id) WHERE (is_current = 1);

CREATE INDEX ticket_stale ON ticket USING btree (generation, id) WHERE (is_open = 1);

CREATE INDEX timer_next ON timer USING btree (next_at_ms) WHERE (next_at_ms IS NOT NULL);

CREATE UNIQUE INDEX calendar_current ON calendar USING btree (id) WHERE (is_current = 1);

CREATE UNIQUE INDEX calendar_pkey ON calendar USING btree (id, version);

CREATE UNIQUE INDEX idempotency_key_caller_method_idempotency_key_key ON idempotency_key USING btree (caller, method, idempotency_key);

CREATE UNIQUE INDEX idempotency_key_pkey ON idempotency_key USING btree (id);

CREATE UNIQUE INDEX journal_cursor_pkey ON journal_cursor USING btree (source);

CREATE UNIQUE INDEX journal_entry_pkey ON journal_entry USING btree (entry_offset);

CREATE UNIQUE INDEX pause_pkey ON pause USING btree (timer_id, from_ms);

CREATE UNIQUE INDEX policy_current ON policy USING btree (id) WHERE (is_current = 1);

CREATE UNIQUE INDEX policy_pkey ON policy USING btree (id, version);

CREATE UNIQUE INDEX rules_pkey ON rules USING btree (only_row);

CREATE UNIQUE INDEX store_blob_content_id_key ON store_blob USING btree (content_id);

CREATE UNIQUE INDEX store_blob_part_pkey ON store_blob_part USING btree (content_id, entry_offset);

CREATE UNIQUE INDEX store_blob_pkey ON store_blob USING btree (hash);

CREATE UNIQUE INDEX store_counter_pkey ON store_counter USING btree (kind);

CREATE UNIQUE INDEX store_lease_pkey ON store_lease USING btree (singleton);

CREATE UNIQUE INDEX store_meta_pkey ON store_meta USING btree (singleton);

CREATE UNIQUE INDEX store_migration_pkey ON store_migration USING btree (scope, place);

CREATE UNIQUE INDEX store_upload_content_id_key ON store_upload USING btree (content_id);

CREATE UNIQUE INDEX store_upload_pkey ON store_upload USING btree (token);

CREATE UNIQUE INDEX ticket_pkey ON ticket USING btree (id);

CREATE UNIQUE INDEX timer_current ON timer USING btree (ticket_id, metric) WHERE (is_current = 1);

CREATE UNIQUE INDEX timer_pkey ON timer USING btree (id);

column calendar.body bytea NOT NULL;

column calendar.id bigint NOT NULL;

column calendar.is_current bigint NOT NULL;

column calendar.name text NOT NULL COLLATE C;

column calendar.version bigint NOT NULL;

column idempotency_key.at_ms bigint NOT NULL;

column idempotency_key.caller text NOT NULL COLLATE C;

column idempotency_key.id bigint NOT NULL;

column idempotency_key.idempotency_key text NOT NULL COLLATE C;

column idempotency_key.method text NOT NULL COLLATE C;

column idempotency_key.request_hash bytea NOT NULL;

column idempotency_key.response bytea NOT NULL;

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

column pause.from_ms bigint NOT NULL;

column pause.timer_id bigint NOT NULL;

column pause.until_ms bigint NOT NULL;

column policy.body bytea NOT NULL;

column policy.calendar_id bigint NOT NULL;

column policy.id bigint NOT NULL;

column policy.is_current bigint NOT NULL;

column policy.name text NOT NULL COLLATE C;

column policy.version bigint NOT NULL;

column rules.generation bigint NOT NULL;

column rules.only_row bigint NOT NULL;

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

column ticket.answered bigint NOT NULL;

column ticket.assignee_id bigint NOT NULL;

column ticket.channel bigint NOT NULL;

column ticket.generation bigint NOT NULL;

column ticket.id bigint NOT NULL;

column ticket.is_open bigint NOT NULL;

column ticket.language text NOT NULL COLLATE C;

column ticket.organization_id bigint NOT NULL;

column ticket.priority bigint NOT NULL;

column ticket.requester_id bigint NOT NULL;

column ticket.status bigint NOT NULL;

column ticket.tags text NOT NULL COLLATE C;

column ticket.team_id bigint NOT NULL;

column ticket.tier bigint NOT NULL;

column ticket.type bigint NOT NULL;

column timer.calendar_id bigint NOT NULL;

column timer.calendar_version bigint NOT NULL;

column timer.due_at_ms bigint NOT NULL;

column timer.ended_at_ms bigint NOT NULL;

column timer.id bigint NOT NULL;

column timer.is_current bigint NOT NULL;

column timer.metric bigint NOT NULL;

column timer.next_at_ms bigint;

column timer.policy_id bigint NOT NULL;

column timer.policy_version bigint NOT NULL;

column timer.started_at_ms bigint NOT NULL;

column timer.state bigint NOT NULL;

column timer.target_ms bigint NOT NULL;

column timer.ticket_id bigint NOT NULL;

column timer.trace_parent text NOT NULL DEFAULT ''::text COLLATE C;

column timer.warn_at_ms bigint NOT NULL;

column timer.warned bigint NOT NULL;

constraint calendar.calendar_is_current_check CHECK ((is_current = ANY (ARRAY[(0)::bigint, (1)::bigint])));

constraint calendar.calendar_pkey PRIMARY KEY (id, version);

constraint idempotency_key.idempotency_key_caller_method_idempotency_key_key UNIQUE (caller, method, idempotency_key);

constraint idempotency_key.idempotency_key_pkey PRIMARY KEY (id);

constraint journal_cursor.journal_cursor_pkey PRIMARY KEY (source);

constraint journal_entry.journal_entry_pkey PRIMARY KEY (entry_offset);

constraint pause.pause_pkey PRIMARY KEY (timer_id, from_ms);

constraint pause.pause_timer_id_fkey FOREIGN KEY (timer_id) REFERENCES timer(id);

constraint policy.policy_is_current_check CHECK ((is_current = ANY (ARRAY[(0)::bigint, (1)::bigint])));

constraint policy.policy_pkey PRIMARY KEY (id, version);

constraint rules.rules_only_row_check CHECK ((only_row = 1));

constraint rules.rules_pkey PRIMARY KEY (only_row);

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

constraint ticket.ticket_answered_check CHECK ((answered = ANY (ARRAY[(0)::bigint, (1)::bigint])));

constraint ticket.ticket_is_open_check CHECK ((is_open = ANY (ARRAY[(0)::bigint, (1)::bigint])));

constraint ticket.ticket_pkey PRIMARY KEY (id);

constraint timer.timer_is_current_check CHECK ((is_current = ANY (ARRAY[(0)::bigint, (1)::bigint])));

constraint timer.timer_pkey PRIMARY KEY (id);

constraint timer.timer_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES ticket(id);

constraint timer.timer_warned_check CHECK ((warned = ANY (ARRAY[(0)::bigint, (1)::bigint])));

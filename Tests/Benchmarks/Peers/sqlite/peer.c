// Raw C on SQLite: one thread that writes the rows of tickets (those of Tests/Benchmarks/Store/TicketRows.swift), so many to a commit, with
// synchronous=FULL. The ceiling that the store's seam is compared with: no queue, no callers, no savepoints.
// Usage: sqlite-peer FOLDER COUNT BATCH CHECKPOINT_PAGES CACHE_KIB   (FOLDER made by `StoreBenchmark prepare`)
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "words.h"

enum { REQUESTERS = 1000, STATEMENTS = 17 };

enum statement {
    REMEMBERED, REQUESTER, MAILBOX, TICKET, TAG, MESSAGE, PARTICIPANT, HEADER_ROW, HEADER_TEXT, BODY_ROW, BODY_TEXT, HISTORY, JOURNAL, REMEMBER,
    COUNTER, META, LAST_COUNTERS
};

static const char *const sql[STATEMENTS] = {
    [REMEMBERED] = "SELECT request_hash, response FROM idempotency_key "
                   "WHERE caller = ? AND method = ? AND idempotency_key = ? AND at_ms > ?",
    [REQUESTER] = "SELECT * FROM requesters WHERE email = ?",
    [MAILBOX] = "SELECT * FROM mailboxes WHERE is_default = 1",
    [TICKET] = "INSERT INTO tickets (id, subject, status, priority, type, channel, requester_id, organization_id, team_id, assignee_id, tier, "
               "tags, language, mailbox_id, reply_token, follows_ticket_id, automatic, quarantined, version, assignment_epoch, message_count, "
               "public_message_count, created_at, updated_at, solved_at) "
               "VALUES (?1, ?2, 1, 2, 1, 5, ?3, NULL, 0, 0, 1, ?4, 'en', ?5, ?6, NULL, 0, 0, 1, 1, 1, 1, ?7, ?7, NULL)",
    [TAG] = "INSERT INTO ticket_tags (tag, ticket_id) VALUES (?, ?)",
    [MESSAGE] = "INSERT INTO messages (id, ticket_id, visibility, channel, author_kind, author_id, author_service, text, new_text, html, "
                "automatic, mail_id, in_reply_to, source_hash, source_bytes, created_at) "
                "VALUES (?, ?, 1, 5, 2, ?, '', ?, NULL, '', 0, '', '', NULL, 0, ?)",
    [PARTICIPANT] = "INSERT INTO ticket_participants (ticket_id, email) VALUES (?, ?) ON CONFLICT DO NOTHING",
    [HEADER_ROW] = "INSERT INTO search_rows (ticket_id, internal, subject, people) VALUES (?, 0, ?, ?)",
    [HEADER_TEXT] = "INSERT INTO search (rowid, subject, people, body) VALUES (last_insert_rowid(), ?, ?, '')",
    [BODY_ROW] = "INSERT INTO search_rows (ticket_id, internal) VALUES (?, 0)",
    [BODY_TEXT] = "INSERT INTO search (rowid, subject, people, body) VALUES (last_insert_rowid(), '', '', ?)",
    [HISTORY] = "INSERT INTO history (id, ticket_id, at, kind, actor_kind, actor_id, actor_service, facts) "
                "VALUES (?, ?, ?, ?, 4, 0, 'operator', ?)",
    [JOURNAL] = "INSERT INTO journal_entry (entry_offset, term, at_ms, kind, actor, cause_service, cause_term, cause_offset, hops, ticket_id, "
                "version, trace_parent, body) VALUES (?, ?, ?, ?, ?, NULL, NULL, NULL, 0, ?, 1, '', ?)",
    [REMEMBER] = "INSERT INTO idempotency_key (caller, method, idempotency_key, request_hash, response, at_ms) VALUES (?, ?, ?, ?, ?, ?) "
                 "ON CONFLICT (caller, method, idempotency_key) DO UPDATE "
                 "SET request_hash = excluded.request_hash, response = excluded.response, at_ms = excluded.at_ms",
    [COUNTER] = "INSERT INTO store_counter (kind, last_id) VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET last_id = excluded.last_id",
    [META] = "UPDATE store_meta SET journal_head = ?, journal_at_ms = ? WHERE singleton = 1",
    [LAST_COUNTERS] = "SELECT term, journal_head FROM store_meta",
};

static sqlite3 *database;
static sqlite3_stmt *statements[STATEMENTS];
static int log_pages;
static int64_t term, head, tickets, messages, events;

static void check(int code, const char *what) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    fprintf(stderr, "sqlite-peer: %s: %s\n", what, sqlite3_errmsg(database));
    exit(1);
}

static void run(const char *text) { check(sqlite3_exec(database, text, NULL, NULL, NULL), text); }

static int watch_log(void *context, sqlite3 *handle, const char *name, int pages) {
    (void)context, (void)handle, (void)name;
    log_pages = pages;
    return SQLITE_OK;
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu_us(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void text(enum statement statement, int place, const char *value) {
    check(sqlite3_bind_text(statements[statement], place, value, -1, SQLITE_STATIC), sql[statement]);
}

static void number(enum statement statement, int place, int64_t value) {
    check(sqlite3_bind_int64(statements[statement], place, value), sql[statement]);
}

static void blob(enum statement statement, int place, const void *bytes, int length) {
    check(sqlite3_bind_blob(statements[statement], place, bytes, length, SQLITE_STATIC), sql[statement]);
}

// Steps once; whether there is a row.
static int step(enum statement statement) {
    int code = sqlite3_step(statements[statement]);
    check(code, sql[statement]);
    return code == SQLITE_ROW;
}

static void done(enum statement statement) {
    step(statement);
    sqlite3_reset(statements[statement]);
}

static void add_history(int64_t ticket, int64_t now, const char *kind, const char *facts) {
    number(HISTORY, 1, ++events), number(HISTORY, 2, ticket), number(HISTORY, 3, now);
    text(HISTORY, 4, kind), text(HISTORY, 5, facts);
    done(HISTORY);
}

static void add_entry(int64_t ticket, int64_t now, const char *kind, int fill, int length) {
    char actor[14], body[64];
    memset(actor, 1, sizeof actor);
    memset(body, fill, sizeof body);
    number(JOURNAL, 1, ++head), number(JOURNAL, 2, term), number(JOURNAL, 3, now);
    text(JOURNAL, 4, kind), blob(JOURNAL, 5, actor, sizeof actor), number(JOURNAL, 6, ticket), blob(JOURNAL, 7, body, length);
    done(JOURNAL);
}

static void add_tag(const char *tag, int64_t ticket) {
    text(TAG, 1, tag), number(TAG, 2, ticket);
    done(TAG);
}

static void write_ticket(int64_t index) {
    static const char caller[] = "service:operator", method[] = "firstline.v1.Intake/CreateTicket";
    struct words words = words_begin(index);
    char subject[128], body[512], token[33], tags[2][32], both[72], email[64], people[160], key[32], facts[64], hash[32], response[230];
    words_text(&words, 6, subject);
    words_text(&words, 30, body);
    words_token(&words, token);
    for (int tag = 0; tag < 2; tag++) {
        int length = words_text(&words, 1, tags[tag]);
        tags[tag][length] = (char)('1' + tag), tags[tag][length + 1] = 0;
    }
    snprintf(both, sizeof both, "%s,%s", tags[0], tags[1]);
    snprintf(email, sizeof email, "requester%d@example.org", (int)(index % REQUESTERS + 1));
    snprintf(key, sizeof key, "key-%lld", (long long)index);
    memset(hash, (int)(index & 255), sizeof hash);
    memset(response, 4, sizeof response);
    int64_t now = now_ms();

    text(REMEMBERED, 1, caller), text(REMEMBERED, 2, method), text(REMEMBERED, 3, key), number(REMEMBERED, 4, now - 72 * 3600 * 1000);
    done(REMEMBERED);
    text(REQUESTER, 1, email);
    if (!step(REQUESTER)) exit(1);
    int64_t requester = sqlite3_column_int64(statements[REQUESTER], 0);
    snprintf(people, sizeof people, "%s %s", (const char *)sqlite3_column_text(statements[REQUESTER], 2), email);
    sqlite3_reset(statements[REQUESTER]);
    if (!step(MAILBOX)) exit(1);
    int64_t mailbox = sqlite3_column_int64(statements[MAILBOX], 0);
    sqlite3_reset(statements[MAILBOX]);

    int64_t ticket = ++tickets;
    number(TICKET, 1, ticket), text(TICKET, 2, subject), number(TICKET, 3, requester), text(TICKET, 4, both);
    number(TICKET, 5, mailbox), text(TICKET, 6, token), number(TICKET, 7, now);
    done(TICKET);
    for (int tag = 0; tag < 2; tag++) add_tag(tags[tag], ticket);
    int64_t message = ++messages;
    number(MESSAGE, 1, message), number(MESSAGE, 2, ticket), number(MESSAGE, 3, requester), text(MESSAGE, 4, body), number(MESSAGE, 5, now);
    done(MESSAGE);
    number(PARTICIPANT, 1, ticket), text(PARTICIPANT, 2, email);
    done(PARTICIPANT);
    number(HEADER_ROW, 1, ticket), text(HEADER_ROW, 2, subject), text(HEADER_ROW, 3, people);
    done(HEADER_ROW);
    text(HEADER_TEXT, 1, subject), text(HEADER_TEXT, 2, people);
    done(HEADER_TEXT);
    number(BODY_ROW, 1, ticket);
    done(BODY_ROW);
    text(BODY_TEXT, 1, body);
    done(BODY_TEXT);
    add_history(ticket, now, "ticket.created", "channel\tapi");
    snprintf(facts, sizeof facts, "message_id\t%lld\nvisibility\tpublic", (long long)message);
    add_history(ticket, now, "message.added", facts);
    add_entry(ticket, now, "TicketCreated", 2, 36);
    add_entry(ticket, now, "MessageAdded", 3, 20);
    text(REMEMBER, 1, caller), text(REMEMBER, 2, method), text(REMEMBER, 3, key), blob(REMEMBER, 4, hash, sizeof hash);
    blob(REMEMBER, 5, response, sizeof response), number(REMEMBER, 6, now);
    done(REMEMBER);
}

static void save_counter(const char *kind, int64_t last) {
    text(COUNTER, 1, kind), number(COUNTER, 2, last);
    done(COUNTER);
}

static void save_counters(void) {
    number(META, 1, head), number(META, 2, now_ms());
    done(META);
    save_counter("ticket", tickets), save_counter("message", messages), save_counter("history", events);
}

static void open_database(const char *folder, int cache_kib) {
    char path[4096], pragma[64];
    snprintf(path, sizeof path, "%s/store.sqlite", folder);
    check(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL), "open");
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA foreign_keys = ON; "
        "PRAGMA temp_store = MEMORY");
    snprintf(pragma, sizeof pragma, "PRAGMA cache_size = -%d", cache_kib);
    run(pragma);
    sqlite3_wal_hook(database, watch_log, NULL);
    for (int place = 0; place < STATEMENTS && sql[place]; place++) {
        check(sqlite3_prepare_v3(database, sql[place], -1, SQLITE_PREPARE_PERSISTENT, &statements[place], NULL), sql[place]);
    }
    if (!step(LAST_COUNTERS)) exit(1);
    term = sqlite3_column_int64(statements[LAST_COUNTERS], 0);
    head = sqlite3_column_int64(statements[LAST_COUNTERS], 1);
    sqlite3_reset(statements[LAST_COUNTERS]);
}

int main(int count_of_arguments, char **arguments) {
    if (count_of_arguments != 6) {
        fprintf(stderr, "usage: sqlite-peer FOLDER COUNT BATCH CHECKPOINT_PAGES CACHE_KIB\n");
        return 64;
    }
    int64_t count = atoll(arguments[2]), batch = atoll(arguments[3]), commits = 0;
    int checkpoint_pages = atoi(arguments[4]);
    if (count <= 0 || batch <= 0 || checkpoint_pages <= 0) return 64;
    open_database(arguments[1], atoi(arguments[5]));
    double start = seconds(), cpu = cpu_us();
    for (int64_t index = 0; index < count; commits++) {
        run("BEGIN IMMEDIATE");
        for (int64_t end = index + batch < count ? index + batch : count; index < end; index++) write_ticket(index);
        save_counters();
        run("COMMIT");
        if (log_pages >= checkpoint_pages) {
            check(sqlite3_wal_checkpoint_v2(database, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL), "checkpoint");
            log_pages = 0;
        }
    }
    double elapsed = seconds() - start;
    cpu = cpu_us() - cpu;
    for (int place = 0; place < STATEMENTS; place++) sqlite3_finalize(statements[place]);
    check(sqlite3_close(database), "close");
    printf("{\"calls\": %lld, \"seconds\": %f, \"calls_per_second\": %f, \"cpu_us_per_call\": %f, \"commits\": %lld}\n", (long long)count,
           elapsed, (double)count / elapsed, cpu / (double)count, (long long)commits);
    return 0;
}

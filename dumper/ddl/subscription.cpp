// Subscriptions (SCHEMA_COVERAGE B55): created without connecting to the publisher, hence disabled and
// without a slot of their own.
#include <fmt/format.h>

#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/named_object.hpp"
#include "dumper/ddl/sql_clauses.hpp"

namespace pgark::dumper {
namespace {

constexpr std::uint32_t kStreamingVersion = 140000;
// Before it every subscription ran as its owner, and there was no word for it.
constexpr std::uint32_t kRunAsOwnerVersion = 160000;

void collect(BuildContext& context) {
  collect_objects(context, context.catalog.subscriptions, ObjectKind::subscription,
                  catalog_oid::kSubscription);
}

std::string_view streaming_word(char streaming) {
  if (streaming == 't') return "on";
  return streaming == 'p' ? "parallel" : "off";
}

// What differs from the defaults of every major; `streaming` differs between majors, so it is always there.
std::string options_of(const Subscription& subscription) {
  std::string sql = "connect = false, slot_name = ";
  sql += subscription.slot_name ? quote_literal(*subscription.slot_name) : "NONE";
  if (subscription.binary) sql += ", binary = true";
  if (subscription.two_phase) sql += ", two_phase = on";
  if (subscription.disable_on_error) sql += ", disable_on_error = true";
  if (!subscription.password_required) sql += ", password_required = false";
  if (subscription.failover) sql += ", failover = true";
  if (subscription.synchronous_commit != "off") {
    sql += ", synchronous_commit = " + quote_literal(subscription.synchronous_commit);
  }
  if (subscription.origin != "any") sql += ", origin = " + quote_literal(subscription.origin);
  return sql;
}

std::vector<format::SqlStatement> create_statements(const Subscription& subscription,
                                                    int source_version_num) {
  const std::vector<std::string_view> names(subscription.publications.begin(),
                                            subscription.publications.end());
  const std::string head = fmt::format(
      "CREATE SUBSCRIPTION {} CONNECTION {} PUBLICATION {} WITH ({}", quote_identifier(subscription.name),
      quote_literal(subscription.connection), name_list_sql(names), options_of(subscription));
  const std::string streaming =
      fmt::format("{}, streaming = {}", head, streaming_word(subscription.streaming));
  const std::string newest = streaming + (subscription.run_as_owner ? ", run_as_owner = true)" : ")");
  const auto source = static_cast<std::uint32_t>(source_version_num);
  std::vector<format::SqlStatement> statements{
      {newest, source < kRunAsOwnerVersion ? kRunAsOwnerVersion : 0, 0}};
  if (source < kRunAsOwnerVersion) {
    statements.push_back(
        {streaming + ")", source < kStreamingVersion ? kStreamingVersion : 0, kRunAsOwnerVersion});
  }
  if (source < kStreamingVersion) statements.push_back({head + ")", 0, kStreamingVersion});
  return statements;
}

// DROP SUBSCRIPTION alone would connect to the publisher and drop the slot there, which the new subscription
// goes on with; and it could not run among other statements.
std::string drop_sql(const std::string& name) {
  const std::string body = fmt::format(
      "BEGIN\n  IF EXISTS (SELECT FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d"
      " ON d.oid = s.subdbid WHERE d.datname = pg_catalog.current_database() AND s.subname = {0}) THEN\n"
      "    ALTER SUBSCRIPTION {1} DISABLE;\n    ALTER SUBSCRIPTION {1} SET (slot_name = NONE);\n"
      "    DROP SUBSCRIPTION {1};\n  END IF;\nEND",
      quote_literal(name), quote_identifier(name));
  return "DO " + quote_dollar(body);
}

void note_what_is_left(Emitter& out, const Subscription& subscription, const std::string& name) {
  const bool changes = subscription.enabled || !subscription.skip_lsn.empty();
  std::string text = subscription.enabled ? "is enabled here; " : "";
  text += "will be restored disabled and not connected: check its slot, then enable and refresh it";
  if (!subscription.skip_lsn.empty()) {
    text += "; that it skips the transaction at " + subscription.skip_lsn + " is not saved";
  }
  out.context().note(changes ? format::ReportLevel::warning : format::ReportLevel::info, "SUBSCRIPTION", name,
                     std::move(text));
}

void write(Emitter& out, DumpId id) {
  const Subscription& subscription = out.catalog().subscriptions[out.object(id).payload];
  if (!out.wants(id, kDefinition)) return;
  const Target target{"SUBSCRIPTION", quote_identifier(subscription.name)};
  format::TocEntry entry = out.entry_for(id, "SUBSCRIPTION");
  entry.owner = subscription.owner;
  entry.owner_object = target.to_sql();
  entry.create = create_statements(subscription, out.catalog().database.server_version_num);
  entry.drop.push_back({drop_sql(subscription.name)});
  out.define(id, std::move(entry));
  out.comment(id, target);
  note_what_is_left(out, subscription, target.sql);
}

}  // namespace

const Family& subscription_family() {
  static const Family kFamily{collect, nullptr, {{ObjectKind::subscription, write}}};
  return kFamily;
}

}  // namespace pgark::dumper

// Subscriptions of this database (B55). Only a superuser may read how they connect; for others they are named
// as lost (A4).
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// subbinary and substream came with 14 (substream a boolean before 16), two-phase commit and
// disable_on_error and subskiplsn with 15, origin, password_required and run_as_owner with 16, failover
// with 17.
std::string subscriptions_sql(const Reading& reading) {
  const std::string streaming = since(
      reading, 16, "s.substream", since(reading, 14, "CASE WHEN s.substream THEN 't' ELSE 'f' END", "'f'"));
  return "SELECT s.oid, s.subname, s.subowner, s.subconninfo, s.subslotname, s.subsynccommit,"
         " s.subpublications, s.subenabled, " +
         since(reading, 14, "s.subbinary", "false") + ", " + streaming + ", " +
         since(reading, 15, "s.subtwophasestate <> 'd'", "false") + ", " +
         since(reading, 15, "s.subdisableonerr", "false") + ", " +
         since(reading, 16, "s.subpasswordrequired", "true") + ", " +
         since(reading, 16, "s.subrunasowner", "true") + ", " + since(reading, 17, "s.subfailover", "false") +
         ", " + since(reading, 16, "s.suborigin", "'any'") + ", " +
         since(reading, 15, "NULLIF(s.subskiplsn, '0/0')", "NULL") +
         " FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid"
         " WHERE d.datname = pg_catalog.current_database() ORDER BY s.subname";
}

void take_subscription(Reading& reading, Row& row) {
  Subscription subscription;
  subscription.oid = row.oid();
  subscription.name = row.text();
  subscription.owner = reading.role(row.oid(), subscription.name);
  subscription.connection = row.text();
  subscription.slot_name = row.optional_text();
  subscription.synchronous_commit = row.text();
  subscription.publications = row.text_list();
  subscription.enabled = row.boolean();
  subscription.binary = row.boolean();
  subscription.streaming = row.character();
  subscription.two_phase = row.boolean();
  subscription.disable_on_error = row.boolean();
  subscription.password_required = row.boolean();
  subscription.run_as_owner = row.boolean();
  subscription.failover = row.boolean();
  subscription.origin = row.text();
  subscription.skip_lsn = row.text();
  subscription.components = static_cast<std::uint8_t>(reading.selector.mask() & ~kData);
  reading.catalog.subscriptions.push_back(std::move(subscription));
}

// Names only: the columns that everybody may read.
constexpr std::string_view kNamesSql =
    "SELECT pg_catalog.quote_ident(s.subname) FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d"
    " ON d.oid = s.subdbid WHERE d.datname = pg_catalog.current_database() ORDER BY s.subname";

void take_unreadable(Reading& reading, Row& row) {
  reading.note(format::ReportLevel::lost, "SUBSCRIPTION", row.text(),
               "only a superuser can read its connection string; save it as one, or create it by hand");
}

}  // namespace

void add_subscriptions(const Reading& reading, Steps& steps) {
  const bool wanted = reading.selector.takes_everything() && (reading.selector.mask() & kDefinition) != 0 &&
                      !reading.options.selection.no_subscriptions;
  if (!wanted) return;
  if (reading.catalog.database.read_by_superuser) {
    steps.push_back(row_step("subscriptions", subscriptions_sql(reading), {}, take_subscription));
  } else {
    steps.push_back(row_step("names of subscriptions", std::string(kNamesSql), {}, take_unreadable));
  }
}

}  // namespace pgark::dumper

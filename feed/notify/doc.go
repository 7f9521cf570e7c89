// Package notify sends updates of rooms to their audiences: Slack, signed webhooks, mail,
// Jira and Notion.
//
// Each file has one client, which uses the published API of the service and returns
// failures as a [Fault] that states what to do. A client has no essential state: the room's
// log has what was delivered, and every delivery can be retried without creating
// duplicates, as far as the service supports that.
//
// Incoming commands and reactions are untrusted until their origin is verified, and are
// text of a person after that.
package notify

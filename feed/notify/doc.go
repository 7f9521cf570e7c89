// Package notify carries what a room says to the places where its audiences
// are: Slack, signed webhooks, mail, Jira and Notion.
//
// Each file holds one client: what it may say, in the form that the other side
// publishes, and what went wrong as a [Fault] that says what to do. A client
// keeps no state that matters: what was delivered is in the room's log, and
// every delivery can be tried again without being there twice, as far as the
// other side allows that.
//
// What comes in (a command, a reaction) is text by strangers until it has
// proved where it is from, and text by somebody after that.
package notify

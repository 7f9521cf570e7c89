package notify

import "context"

// Tracker is a service that stores records of work: a ticket for each follow-up and a page
// for the incident. Trackers are mirrors; the room is authoritative.
type Tracker interface {
	// Put creates the record of a key, or updates it if it exists. It can be repeated after
	// a crash, because it finds the record by its key.
	Put(ctx context.Context, r Record) (Placed, error)
	// Check returns who the token belongs to and what it may do.
	Check(ctx context.Context) (string, error)
}

// Record is one ticket or page.
type Record struct {
	Key    string // identifies the record permanently
	ID     string // id at the tracker, if known
	Title  string // one line
	Facts  []Fact
	Text   []string // paragraphs
	Ticket bool     // a follow-up; otherwise the page of an incident
	Done   bool
	Due    string // date, YYYY-MM-DD
}

// Fact is a name and a value: "severity", "SEV-1".
type Fact struct{ Name, Value string }

// Placed is the location of a record.
type Placed struct {
	ID  string
	URL string
}

package notify

import "context"

// Tracker is a place that keeps records of work: a ticket for each follow-up
// and a page for the incident. Trackers are mirrors; the room is the truth.
type Tracker interface {
	// Put makes the record of a key, or brings the one that is there up to date.
	// It can be called again after a crash: a record with the key is found.
	Put(ctx context.Context, r Record) (Placed, error)
	// Check says who the token belongs to and what it may do.
	Check(ctx context.Context) (string, error)
}

// Record is one ticket or page.
type Record struct {
	Key    string // by which it is found again, the same for ever
	ID     string // at the tracker, where it is known
	Title  string // one line
	Facts  []Fact
	Text   []string // paragraphs
	Ticket bool     // a follow-up; else the page of an incident
	Done   bool
	Due    string // date, YYYY-MM-DD
}

// Fact is a word and what it is: "severity", "SEV-1".
type Fact struct{ Name, Value string }

// Placed is where a record is.
type Placed struct {
	ID  string
	URL string
}

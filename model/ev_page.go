package model

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// The kinds about calling people who are not in the room.
const (
	KindPageAsked    Kind = "page.asked"
	KindPageAnswered Kind = "page.answered"
)

var _ = register(func() Body { return new(PageAsked) }, func() Body { return new(PageAnswered) })

// maxPages is how often somebody may be called from one room.
const maxPages = 200

// Page is that somebody was called for a purpose: "security", "database". It is
// open until it is answered or the room is over.
type Page struct {
	Purpose string    `json:"purpose"`
	N       int       `json:"n"` // how often this purpose was paged for, from 1
	ID      string    `json:"id"`
	Seq     uint64    `json:"seq"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Reason  string    `json:"reason,omitempty"`

	State      string    `json:"state,omitempty"` // the newest answer; "": none yet
	Who        string    `json:"who,omitempty"`   // who answered, or is asked now
	AnsweredAt time.Time `json:"answered,omitzero"`
	Ref        string    `json:"ref,omitempty"` // id or address at the service
}

// The answers to a page.
const (
	PageRinging      = "ringing"      // the service calls this person now
	PageAcknowledged = "acknowledged" // they are on it
	PageNext         = "no answer"    // nobody answered: the next one is called, who is named
	PageDeclined     = "declined"
	PageOver         = "over" // resolved at the service
)

var pageStates = []string{PageRinging, PageAcknowledged, PageNext, PageDeclined, PageOver}

// PageAsked calls whoever is on call for a purpose. It holds without any bridge:
// then people call them by other means.
type PageAsked struct {
	Purpose string `json:"purpose"`
	Reason  string `json:"reason,omitempty"`
}

// Kind names the kind.
func (*PageAsked) Kind() Kind { return KindPageAsked }

func (b *PageAsked) free() []*string { return []*string{&b.Reason} }

func (b *PageAsked) check(r *Room, _ *Event) error {
	p, ok := r.Page(b.Purpose)
	switch {
	case !ValidHandle(b.Purpose):
		return Refuse(Invalid, "%s is nobody to page: name a purpose of a-z 0-9 _ -, as in :page security", quoted(b.Purpose))
	case ok && p.Open() && !r.unpaged(p):
		return Refuse(Conflict, "%s was paged at %s by %s: %s", b.Purpose, Stamp(p.At), p.By, p.Words())
	case r.Status != Open:
		return Refuse(Conflict, "the incident is %s; nobody is paged for it", string(r.Status))
	case len(r.Pages) >= maxPages:
		return Refuse(Conflict, "the room has paged %d times; no more fit", maxPages)
	}
	return longText("reason", b.Reason, true)
}

func (b *PageAsked) apply(r *Room, e *Event) {
	n := 1
	if p, ok := r.Page(b.Purpose); ok {
		n = p.N + 1
	}
	r.Pages = push(r.Pages, Page{Purpose: b.Purpose, N: n, ID: e.ID, Seq: e.Seq, By: e.By, At: e.RecordedAt, Reason: b.Reason})
}

func (b *PageAsked) line(r *Room, _ *Event) Safe {
	s := because(Safef("whoever is on call for %s", b.Purpose), b.Reason)
	if r.Drill {
		return Safef("%s (a drill: nobody is called)", s)
	}
	return s
}

// PageAnswered says what came back of a page.
type PageAnswered struct {
	Purpose string `json:"purpose"`
	Bridge  string `json:"bridge,omitempty"`
	State   string `json:"state"`
	Who     string `json:"who,omitempty"`
	Ref     string `json:"ref,omitempty"`
	Source  string `json:"source,omitempty"` // id of the message it came with
}

// Kind names the kind.
func (*PageAnswered) Kind() Kind               { return KindPageAnswered }
func (*PageAnswered) need(*Room, *Event) Power { return "" }

func (b *PageAnswered) check(r *Room, _ *Event) error {
	p, ok := r.Page(b.Purpose)
	switch {
	case r.Drill && b.Bridge != "":
		return Refuse(Conflict, "this is a drill: nothing comes in")
	case b.Bridge != "" && r.ChannelCut(b.Bridge):
		return Refuse(Forbidden, "%s is compromised: what comes over it is not taken in", b.Bridge)
	case !ValidHandle(b.Purpose):
		return Refuse(Invalid, "the answer names no page")
	case !ok && b.Bridge == "":
		return Refuse(NotFound, "nobody was paged for %s", b.Purpose)
	case !slices.Contains(pageStates, b.State):
		return Refuse(Invalid, "%s is no answer to a page; there are: %s", quoted(b.State), strings.Join(pageStates, ", "))
	case ok && p.State == b.State && p.Who == b.Who:
		return Refuse(Conflict, "that is known already")
	case ok && p.State == PageOver && b.State != PageRinging:
		return Refuse(Conflict, "the page for %s is over", b.Purpose)
	case !ok && len(r.Pages) >= maxPages:
		return Refuse(Conflict, "the room has paged %d times; no more fit", maxPages)
	case len(b.Bridge) > maxBridge || len(b.Who)+len(b.Ref)+len(b.Source) > maxDelivery:
		return Refuse(Invalid, "the answer has more in it than an answer may have")
	}
	return validText("answer", b.Who+b.Ref+b.Source)
}

func (b *PageAnswered) apply(r *Room, e *Event) {
	i := r.pageIndex(b.Purpose)
	if i < 0 { // paged by the declaration
		i = len(r.Pages)
		p := Page{Purpose: b.Purpose, N: 1, ID: e.ID, Seq: e.Seq, By: e.By, At: e.RecordedAt}
		if d, ok := r.Delivery(p.Duty()); ok {
			p.At, p.Seq = d.Begun, d.Seq
		}
		r.Pages = push(r.Pages, p)
	}
	p := r.Pages[i]
	p.State, p.Who, p.AnsweredAt = b.State, b.Who, e.RecordedAt
	if b.Ref != "" {
		p.Ref = b.Ref
	}
	r.Pages = set(r.Pages, i, p)
}

func (b *PageAnswered) line(r *Room, _ *Event) Safe {
	s := Safef("%s: %s", b.Purpose, pageWords(b.State, b.Who))
	if b.Bridge == "" {
		return s
	}
	return r.doubted(b.Bridge, s)
}

func pageWords(state, who string) Safe {
	name := CleanLine(who)
	if who == "" {
		name = Lit("nobody named")
	}
	switch state {
	case "":
		return Lit("no answer yet")
	case PageRinging:
		return Safef("%s is called", name)
	case PageAcknowledged:
		return Safef("%s answers", name)
	case PageNext:
		return Safef("no answer, %s is called next", name)
	case PageDeclined:
		return Safef("%s cannot come", name)
	}
	return Lit("over at the service")
}

// Open says whether somebody is still called, or on it.
func (p Page) Open() bool { return p.State != PageOver && p.State != PageDeclined }

// Duty is the key of the delivery that brings a page out.
func (p Page) Duty() string { return PageDuty(p.Purpose, p.N) }

// PageDuty is the key of the delivery that brings the nth page for a purpose out.
func PageDuty(purpose string, n int) string {
	if n <= 1 {
		return "page/" + purpose
	}
	return "page/" + purpose + "/" + strconv.Itoa(n)
}

// unpaged says whether a page did not get out and is not tried again.
func (r *Room) unpaged(p Page) bool {
	d, ok := r.Delivery(p.Duty())
	return ok && (d.State == DeliveryGivenUp || d.State == DeliveryCut)
}

// Words say how a page stands.
func (p Page) Words() Safe { return pageWords(p.State, p.Who) }

// Page returns the newest page for a purpose.
func (r *Room) Page(purpose string) (Page, bool) {
	if i := r.pageIndex(purpose); i >= 0 {
		return r.Pages[i], true
	}
	return Page{}, false
}

func (r *Room) pageIndex(purpose string) int {
	for i := len(r.Pages) - 1; i >= 0; i-- {
		if r.Pages[i].Purpose == purpose {
			return i
		}
	}
	return -1
}

// PageViews are all pages, in order, those too that the declaration made: nobody
// asked for them, and the room knows them by their delivery.
func (r *Room) PageViews() []Page {
	out := slices.Clone(r.Pages)
	for _, d := range r.Deliveries {
		purpose, ok := strings.CutPrefix(d.Duty, "page/")
		if !ok || strings.Contains(purpose, "/") || slices.ContainsFunc(out, func(p Page) bool { return p.Purpose == purpose }) {
			continue
		}
		out = append(out, Page{Purpose: purpose, N: 1, By: d.By, At: d.Begun, Seq: d.Seq, Ref: d.Ref})
	}
	return out
}

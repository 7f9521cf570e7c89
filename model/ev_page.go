package model

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// The kinds of events about pages.
const (
	KindPageAsked    Kind = "page.asked"
	KindPageAnswered Kind = "page.answered"
)

var _ = register(bodyOf[PageAsked](KindPageAsked), bodyOf[PageAnswered](KindPageAnswered))

// maxPages is the maximum number of pages that a room can send.
const maxPages = 200

// Page is one call to the person who is on call for a purpose, such as "security" or
// "database". It is open until it is answered or the room is closed.
type Page struct {
	Purpose string    `json:"purpose"`
	N       int       `json:"n"` // number of the page for this purpose, from 1
	ID      string    `json:"id"`
	Seq     uint64    `json:"seq"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Reason  string    `json:"reason,omitempty"`

	State      string    `json:"state,omitempty"` // newest answer; if "", none
	Who        string    `json:"who,omitempty"`   // who answered, or is being called
	AnsweredAt time.Time `json:"answered,omitzero"`
	Ref        string    `json:"ref,omitempty"` // id or address at the service
	// position, among the contacts, of the person who is called now, from 2 on; if 0, the
	// first, or unknown
	Level int `json:"level,omitempty"`
}

// The states of a page that a service reports.
const (
	PageRinging      = "ringing"      // the service is calling this person
	PageAcknowledged = "acknowledged" // the person has accepted the page
	PageNext         = "no answer"    // nobody answered; the person named is called next
	PageDeclined     = "declined"
	PageOver         = "over" // resolved at the service
)

var pageStates = []string{PageRinging, PageAcknowledged, PageNext, PageDeclined, PageOver}

// PageAsked pages the person who is on call for a purpose. Without a bridge, people have to
// call them by other means.
type PageAsked struct {
	Purpose string `json:"purpose"`
	Reason  string `json:"reason,omitempty"`
}

func (b *PageAsked) free() []*string { return []*string{&b.Reason} }

func (b *PageAsked) check(r *Room, _ *Event) error {
	p, ok := r.Page(b.Purpose)
	switch {
	case !ValidHandle(b.Purpose):
		return Refuse(Invalid, "%s is not a purpose; write one word from a-z 0-9 _ -, as in :page security",
			quoted(b.Purpose))
	case ok && p.Open() && !r.unpaged(p):
		return Refuse(Conflict, "%s was paged at %s by %s: %s", b.Purpose, FormatTime(p.At), p.By, p.Words())
	case r.Status != Open:
		return Refuse(Conflict, "the incident is %s; nobody is paged for it", string(r.Status))
	case len(r.Pages) >= maxPages:
		return Refuse(Conflict, "the room has paged %d times, which is the limit", maxPages)
	}
	return longText("reason", b.Reason, true)
}

func (b *PageAsked) apply(r *Room, e *Event) {
	n := 1
	if p, ok := r.Page(b.Purpose); ok {
		n = p.N + 1
	}
	r.Pages = push(r.Pages,
		Page{Purpose: b.Purpose, N: n, ID: e.ID, Seq: e.Seq, By: e.By, At: e.RecordedAt, Reason: b.Reason})
	if r.Rules < rulesPages || r.Drill {
		r.finishPaging(b.Purpose, e)
		return
	}
	for _, it := range r.pagingItems(b.Purpose) {
		r.effects = append(r.effects, Safef("nobody has been reached yet: item %d is done once the page is "+
			"delivered; if you reach somebody by phone, record it with :paged %s acknowledged WHO", it.N, b.Purpose))
	}
}

// unplanned states that no item of the plan pages for a purpose, if items page for others: the
// word may be a typing error.
func (r *Room) unplanned(purpose string) []Safe {
	var planned []string
	for i := range r.Items {
		if p := r.Def(&r.Items[i]).Pages; p == purpose {
			return nil
		} else if p != "" && !slices.Contains(planned, p) {
			planned = append(planned, p)
		}
	}
	if len(planned) == 0 {
		return nil
	}
	return []Safe{Safef("no item of the plan pages %s, only %s", purpose, strings.Join(planned, ", "))}
}

// pagingItems returns the open items that a page for a purpose completes.
func (r *Room) pagingItems(purpose string) []Item {
	var out []Item
	for i := range r.Items {
		it := &r.Items[i]
		if purpose != "" && r.Def(it).Pages == purpose && (it.State == ItemTodo || it.State == ItemDoing) {
			out = append(out, *it)
		}
	}
	return out
}

// finishPaging completes the items that a page for a purpose completes.
func (r *Room) finishPaging(purpose string, e *Event) {
	for _, it := range r.pagingItems(purpose) {
		r.effects = append(r.effects, Safef("item %d is done", it.N))
		r.changeItem(it.ID, func(it *Item) {
			it.changed(e)
			it.State, it.Reason, it.Undone = ItemDone, "paged in entry "+strconv.FormatUint(e.Seq, 10), nil
		})
	}
}

func (b *PageAsked) line(r *Room, _ *Event) Safe {
	s := because(Safef("whoever is on call for %s", b.Purpose), b.Reason)
	if r.Drill {
		return Safef("%s (a drill: nobody is called)", s)
	}
	return s
}

// PageAnswered records the response to a page.
type PageAnswered struct {
	Purpose string `json:"purpose"`
	Bridge  string `json:"bridge,omitempty"`
	State   string `json:"state"`
	Who     string `json:"who,omitempty"`
	Ref     string `json:"ref,omitempty"`
	Source  string `json:"source,omitempty"` // id of the message that reported it
	Level   int    `json:"level,omitempty"`  // place of Who among the contacts, if the hub recorded the next one
}

func (*PageAnswered) need(*Room, *Event) Power { return "" }

func (b *PageAnswered) check(r *Room, e *Event) error {
	p, ok := r.Page(b.Purpose)
	switch {
	case r.Drill && b.Bridge != "":
		return Refuse(Conflict, "this is a drill: nothing is received")
	case b.Bridge != "" && r.ChannelCut(b.Bridge):
		return Refuse(Forbidden, "%s is compromised: what arrives over it is refused", b.Bridge)
	case !ValidHandle(b.Purpose):
		return Refuse(Invalid, "the answer names no page")
	case !ok && b.Bridge == "":
		return Refuse(NotFound, "nobody was paged for %s", b.Purpose)
	case !slices.Contains(pageStates, b.State):
		return Refuse(Invalid, "%s is not an answer to a page; the answers are: %s", quoted(b.State),
			strings.Join(pageStates, ", "))
	case ok && p.State == b.State && p.Who == b.Who:
		return Refuse(Conflict, "the answer is already recorded")
	case ok && p.State == PageOver && b.State != PageRinging:
		return Refuse(Conflict, "the page for %s is over", b.Purpose)
	case !ok && len(r.Pages) >= maxPages:
		return Refuse(Conflict, "the room has paged %d times, which is the limit", maxPages)
	case len(b.Bridge) > maxBridge || len(b.Who)+len(b.Ref)+len(b.Source) > maxDelivery:
		return Refuse(Invalid, "a field of the answer is longer than its limit")
	}
	if b.Level != 0 {
		if err := b.checkLevel(r, e, p, ok); err != nil {
			return err
		}
	}
	return validText("answer", b.Who+b.Ref+b.Source)
}

// checkLevel refuses the next contact of a page that went to them already, or that was
// answered meanwhile. Only the hub records it.
func (b *PageAnswered) checkLevel(r *Room, e *Event, p Page, paged bool) error {
	switch {
	case !r.Members[e.Key].Hub || b.State != PageNext || b.Level < 2 || !paged:
		return Refuse(Forbidden, "only the hub records that a page goes to the next contact")
	case b.Level <= p.Level:
		return Refuse(Conflict, "the page for %s already went to that contact", b.Purpose)
	case p.State != "" && p.State != PageNext:
		return Refuse(Conflict, "the page for %s has been answered in the meantime: %s", b.Purpose, p.Words())
	}
	return nil
}

func (b *PageAnswered) apply(r *Room, e *Event) {
	i := r.pageIndex(b.Purpose)
	if i < 0 { // the page was sent by the declaration
		i = len(r.Pages)
		p := Page{Purpose: b.Purpose, N: 1, ID: e.ID, Seq: e.Seq, By: e.By, At: e.RecordedAt}
		if d, ok := r.Delivery(p.Duty()); ok {
			p.At, p.Seq = d.Begun, d.Seq
		}
		r.Pages = push(r.Pages, p)
	}
	p := r.Pages[i]
	p.State, p.Who, p.AnsweredAt, p.Level = b.State, b.Who, e.RecordedAt, max(p.Level, b.Level)
	if b.Ref != "" {
		p.Ref = b.Ref
	}
	r.Pages = set(r, r.Pages, i, p)
	if r.Rules >= rulesPages && b.State == PageAcknowledged {
		r.finishPaging(b.Purpose, e)
	}
}

func (b *PageAnswered) line(r *Room, _ *Event) Safe {
	s := Safef("%s: %s", b.Purpose, pageWords(b.State, b.Who, b.Level))
	if b.Bridge == "" {
		return s
	}
	return r.markUntrusted(b.Bridge, s)
}

// pageWords describes the state of a page. A level is that of a contact whom the people of
// the room have to call, because no service does.
func pageWords(state, who string, level int) Safe {
	name := CleanLine(who)
	if who == "" {
		name = Lit("nobody named")
	}
	switch state {
	case "":
		return Lit("no answer yet")
	case PageRinging:
		return Safef("calling %s", name)
	case PageAcknowledged:
		return Safef("%s answers", name)
	case PageNext:
		if level > 0 {
			return Safef("no answer; call %s next", name)
		}
		return Safef("no answer, calling %s next", name)
	case PageDeclined:
		return Safef("%s cannot come", name)
	}
	return Lit("ended by the service")
}

// Open reports whether the page is neither over nor declined.
func (p Page) Open() bool { return p.State != PageOver && p.State != PageDeclined }

// Duty returns the key of the delivery of the page.
func (p Page) Duty() string { return PageDuty(p.Purpose, p.N) }

// PageDuty returns the key of the delivery of the nth page for a purpose.
func PageDuty(purpose string, n int) string {
	if n <= 1 {
		return "page/" + purpose
	}
	return "page/" + purpose + "/" + strconv.Itoa(n)
}

// unpaged reports whether a page was not delivered and will not be retried.
func (r *Room) unpaged(p Page) bool {
	d, ok := r.Delivery(p.Duty())
	return ok && (d.State == DeliveryGivenUp || d.State == DeliveryCut)
}

// Words describes the state of the page.
func (p Page) Words() Safe { return pageWords(p.State, p.Who, p.Level) }

// Page returns the newest page for a purpose, and whether there is one.
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

// PageViews returns all pages in order, including those that the declaration sent,
// which are known only by their delivery.
func (r *Room) PageViews() []Page {
	out := slices.Clone(r.Pages)
	for _, d := range r.Deliveries {
		purpose, ok := strings.CutPrefix(d.Duty, "page/")
		if !ok || strings.Contains(purpose, "/") ||
			slices.ContainsFunc(out, func(p Page) bool { return p.Purpose == purpose }) {
			continue
		}
		out = append(out, Page{Purpose: purpose, N: 1, By: d.By, At: d.Begun, Seq: d.Seq, Ref: d.Ref})
	}
	return out
}

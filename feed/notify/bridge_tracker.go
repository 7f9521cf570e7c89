package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"warroom/feed/bridge"
	"warroom/model"
)

// TrackerConfig configures the bridge to a tracker.
type TrackerConfig struct {
	Name  string // jira, notion
	Token *bridge.Source
	Make  func(token model.Secret) (Tracker, error)
	Pages bool // mirror the incident too, not only its follow-ups
}

// TrackerBridge creates tickets for follow-ups and maintains the page of the incident.
type TrackerBridge struct {
	bridge.SendOnly
	o    TrackerConfig
	held *held[Tracker]
}

var _ bridge.Bridge = (*TrackerBridge)(nil)

// NewTrackerBridge returns the bridge to a tracker.
func NewTrackerBridge(o TrackerConfig) (*TrackerBridge, error) {
	if _, err := o.Make(model.Secret{}); err != nil { // detects faults of the configuration other than the token
		return nil, err
	}
	return &TrackerBridge{o: o, held: &held[Tracker]{src: o.Token,
		make: func(_ context.Context, token model.Secret) (Tracker, error) { return o.Make(token) }}}, nil
}

// Name implements [bridge.Bridge].
func (b *TrackerBridge) Name() string { return b.o.Name }

// Pace implements [bridge.Bridge]. Only one delivery runs at a time, because pages are
// rewritten.
func (b *TrackerBridge) Pace() (time.Duration, int, int) { return time.Second, 5, 1 }

const (
	pageDelay  = 2 * time.Second     // changes within this time are written together
	pageFor    = 7 * 24 * time.Hour  // how long a page is worth writing
	ticketsFor = 60 * 24 * time.Hour // how long a ticket is worth creating
)

// Duties implements [bridge.Bridge]. A restricted room is not mirrored.
func (b *TrackerBridge) Duties(r *model.Room) []bridge.Duty {
	if r.Lobby || r.IsRestricted() {
		return nil
	}
	var out []bridge.Duty
	for i := range r.Followups {
		f := &r.Followups[i]
		if _, begun := r.Delivery(b.o.Name + "/follow-up/" + f.ID); f.DroppedBy != "" && !begun {
			continue
		}
		out = append(out,
			bridge.Duty{Key: b.o.Name + "/follow-up/" + f.ID, What: fmt.Sprintf("follow-up %d", f.N), Since: f.At,
				Until: f.At.Add(ticketsFor), Content: f.ID})
	}
	if !b.o.Pages {
		return out
	}
	n, at := pageVersion(r)
	out = append(out,
		bridge.Duty{Key: fmt.Sprintf("%s/page/%s-%d", b.o.Name, r.Status, n), What: "the page of the incident",
			Since: at.Add(pageDelay), Until: at.Add(pageFor)})
	newest := []string{out[len(out)-1].Key}
	if stale := r.StaleAt(); !stale.IsZero() { // the page names it, once for each time the room is forgotten
		seq, _ := r.LastWritten()
		d := bridge.Duty{Key: fmt.Sprintf("%s/page/stale-%d", b.o.Name, seq), What: "no entry for long, on the page",
			Since: stale, Until: stale.Add(model.StaleAfter), Content: stalePage{at: stale}}
		out, newest = append(out, d), append(newest, d.Key)
	}
	for _, d := range r.Deliveries { // duties that were begun and superseded end with the newest one
		if key := d.Duty; strings.HasPrefix(key, b.o.Name+"/page/") && !d.Over() && !slices.Contains(newest, key) {
			out = append(out, bridge.Duty{Key: key, What: d.What, Since: d.Begun})
		}
	}
	return out
}

// stalePage is the page of an incident with the remark that nobody has written.
type stalePage struct{ at time.Time }

// pageVersion counts the changes of the page's content, and returns the time of the last
// one.
func pageVersion(r *model.Room) (n int, at time.Time) {
	at = r.DeclaredAt
	seen := func(t time.Time) {
		n++
		if t.After(at) {
			at = t
		}
	}
	for _, l := range r.Levels {
		seen(l.From)
	}
	for _, p := range r.Phases {
		seen(p.From)
	}
	for _, d := range r.Dispatches {
		seen(d.RecordedAt)
	}
	for _, f := range r.Followups {
		seen(f.At)
		if !f.IsOpen() {
			n++
		}
	}
	for _, a := range r.Roles {
		seen(a.From)
	}
	return n, at
}

// Deliver implements [bridge.Bridge].
func (b *TrackerBridge) Deliver(ctx context.Context, j bridge.Job) (bridge.Result, error) {
	in := Incident{Room: j.Room, Short: j.Short}
	var rec Record
	if id, ok := j.Content.(string); ok {
		i := slices.IndexFunc(j.Room.Followups, func(f model.Followup) bool { return f.ID == id })
		if i < 0 {
			return bridge.Result{}, bridge.Never(never("the follow-up no longer exists"))
		}
		rec = ticketOf(in, &j.Room.Followups[i])
	} else {
		rec = pageOf(in)
		rec.ID = b.pageID(j.Room)
	}
	if s, ok := j.Content.(stalePage); ok {
		rec.Text = append([]string{clock(s.at) + ": " + in.forgotten()}, rec.Text...)
	}
	var p Placed
	err := b.held.use(ctx, func(t Tracker) (err error) {
		p, err = t.Put(ctx, rec)
		return err
	})
	return bridge.Result{Ref: p.ID, Link: p.URL}, asBridgeError(err)
}

// pageID returns the page that an earlier version was written to.
func (b *TrackerBridge) pageID(r *model.Room) string {
	for _, d := range slices.Backward(r.Deliveries) {
		if strings.HasPrefix(d.Duty, b.o.Name+"/page/") && d.State == model.DeliverySent && d.Ref != "" {
			return d.Ref
		}
	}
	return ""
}

func ticketOf(in Incident, f *model.Followup) Record {
	return Record{Key: "warroom:" + in.Room.ID + ":" + f.ID, Ticket: true, Done: f.Done, Due: f.Due,
		Title: plainLine(f.Title),
		Facts: facts("Incident", in.Title(), "Owner", f.Owner, "Due", f.Due, "Type", f.Type, "Asked for by", f.By),
		Text:  []string{"A follow-up of the incident. It is tracked here; the room has the link."}}
}

func pageOf(in Incident) Record {
	r := in.Room
	rec := Record{Key: "warroom:" + r.ID, Title: in.Title(), Done: r.Status == model.Closed,
		Facts: facts("Severity", r.Severity, "Status", string(r.Status), "Phase", r.Phase, "Kind", r.Kind, "Declared",
			clock(r.DeclaredAt)+" by "+r.DeclaredBy)}
	for _, d := range r.Plan.Roles {
		if h := r.Holders(d.ID); len(h) > 0 {
			rec.Facts = append(rec.Facts, Fact{Name: plainLine(d.Label), Value: strings.Join(h, ", ")})
		}
	}
	rec.Text = append(rec.Text,
		"Maintained by warroom; the room is the record. This block is overwritten: write below it, or in comments.")
	for i := len(r.Dispatches) - 1; i >= 0; i-- {
		rec.Text = append(rec.Text, in.Update(&r.Dispatches[i]))
	}
	for _, f := range r.Followups {
		s := fmt.Sprintf("Follow-up %d: %s", f.N, plain(f.Title))
		switch {
		case f.Done:
			s += " (done)"
		case f.DroppedBy != "":
			s += " (dropped)"
		}
		rec.Text = append(rec.Text, s)
	}
	return rec
}

// facts returns facts from pairs of names and values; those without a value are omitted.
func facts(pairs ...string) []Fact {
	var out []Fact
	for i := 0; i+1 < len(pairs); i += 2 {
		if v := plainLine(pairs[i+1]); v != "" {
			out = append(out, Fact{Name: pairs[i], Value: v})
		}
	}
	return out
}

// Check implements [bridge.Bridge].
func (b *TrackerBridge) Check(ctx context.Context) []bridge.Finding {
	var detail string
	err := b.held.use(ctx, func(t Tracker) (err error) {
		detail, err = t.Check(ctx)
		return err
	})
	if err != nil {
		return []bridge.Finding{{What: model.Safef("%s: %s", b.o.Name, err),
			Do: model.Lit("follow-ups wait in the room until this works")}}
	}
	return []bridge.Finding{{OK: true, What: model.Safef("%s: %s", b.o.Name, detail)}}
}

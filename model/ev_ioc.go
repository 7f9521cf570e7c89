package model

import (
	"slices"
	"strings"
	"time"
)

// The kinds of events about indicators of compromise.
const (
	KindIOCAdded   Kind = "ioc.added"
	KindIOCBlocked Kind = "ioc.blocked"
)

var _ = register(bodyOf[IOCAdded](KindIOCAdded), bodyOf[IOCBlocked](KindIOCBlocked))

// maxIndicators is the maximum number of indicators that a room can have.
const maxIndicators = 2000

// Indicator is a trace by which the attacker can be recognized. It is displayed
// defanged, see Shown.
type Indicator struct {
	N      int       `json:"n"`
	ID     string    `json:"id"` // ULID of the event that added it
	Type   string    `json:"type"`
	Value  string    `json:"value"`
	Key    string    `json:"key"`        // see Room.fingerprint
	Seen   time.Time `json:"first_seen"` // as reported by By
	By     string    `json:"by"`
	Reason string    `json:"reason,omitempty"`
	Seq    uint64    `json:"seq"`

	RecordedAt time.Time `json:"recorded_at"`
	Blocked    *Block    `json:"blocked,omitempty"`
}

// Block records when an indicator was blocked, and by whom.
type Block struct {
	At     time.Time `json:"at"` // as reported by By
	By     string    `json:"by"`
	Reason string    `json:"reason,omitempty"` // where or how it was blocked
	Seq    uint64    `json:"seq"`

	RecordedAt time.Time `json:"recorded_at"`
}

// Shown returns the defanged value, which no program turns into a link.
func (i *Indicator) Shown() Safe { return Defanged(i.Type, i.Value) }

// Words names the indicator: "domain evil[.]example".
func (i *Indicator) Words() Safe { return Safef("%s %s", i.Type, i.Shown()) }

// BlockedAt returns when the indicator was blocked, or the zero time if it is not.
func (i *Indicator) BlockedAt() time.Time {
	if i.Blocked == nil {
		return time.Time{}
	}
	return i.Blocked.At
}

// Facts describes when the indicator was first seen, and when and by whom it was
// blocked.
func (i *Indicator) Facts(at At) Safe {
	s := because(Safef("first seen %s, by %s", at(i.Seen), i.By), i.Reason)
	if i.Blocked == nil {
		return Safef("NOT BLOCKED, %s", s)
	}
	return Safef("%s; %s", because(Safef("blocked %s by %s", at(i.Blocked.At), i.Blocked.By), i.Blocked.Reason), s)
}

// IndicatorN returns the indicator with number n, or nil if there is none.
func (r *Room) IndicatorN(n int) *Indicator {
	if n < 1 || n > len(r.Indicators) {
		return nil
	}
	return r.Indicators[n-1]
}

func (r *Room) indicatorAt(is func(*Indicator) bool) int { return slices.IndexFunc(r.Indicators, is) }

// BlockedLine returns a summary such as "3 of 5 blocked", or empty text if there are
// no indicators.
func (r *Room) BlockedLine() Safe {
	n := 0
	for i := range r.Indicators {
		if r.Indicators[i].Blocked != nil {
			n++
		}
	}
	if len(r.Indicators) == 0 {
		return Safe{}
	}
	return Safef("%d of %d blocked", n, len(r.Indicators))
}

// IOCAdded adds an indicator.
type IOCAdded struct {
	Type   string `json:"type"`
	Value  string `json:"value"`
	Key    string `json:"key"` // see Room.fingerprint
	Reason string `json:"reason,omitempty"`
}

func (b *IOCAdded) free() []*string { return []*string{&b.Value, &b.Reason} }

func (b *IOCAdded) check(r *Room, _ *Event) error {
	if b.Value != Blank {
		value, err := indicatorValue(b.Type, b.Value)
		switch {
		case err != nil:
			return err
		case value != b.Value || b.Key != r.fingerprint("ioc", b.Type, b.Value):
			return Refuse(Invalid, "the fingerprint of the indicator does not match its value")
		}
	}
	if !slices.Contains(IndicatorTypes, b.Type) || len(b.Key) != 20 {
		return badIndicatorType(b.Type)
	}
	if i := r.indicatorAt(func(i *Indicator) bool { return i.Key == b.Key }); i >= 0 {
		is := r.Indicators[i]
		return Refuse(Conflict, "%s is already indicator %d, added by %s", is.Words(), is.N, is.By)
	}
	if len(r.Indicators) >= maxIndicators {
		return Refuse(Conflict, "the room has %d indicators, which is the limit", maxIndicators)
	}
	return longText("reason", b.Reason, true)
}

func (b *IOCAdded) apply(r *Room, e *Event) {
	r.Indicators, r.owned.indicators = grown(r, r.Indicators, r.owned.indicators,
		&Indicator{N: len(r.Indicators) + 1, ID: e.ID, Type: b.Type, Value: b.Value, Key: b.Key,
			Seen: e.At, By: e.By, Reason: b.Reason, Seq: e.Seq, RecordedAt: e.RecordedAt})
}

func (b *IOCAdded) line(r *Room, _ *Event) Safe {
	return because(Safef("%d  %s %s", len(r.Indicators)+1, b.Type, Defanged(b.Type, b.Value)), b.Reason)
}

// IOCBlocked records that an indicator was blocked.
type IOCBlocked struct {
	Indicator string `json:"ioc"` // ULID of the event that added it
	N         int    `json:"n"`
	Reason    string `json:"reason,omitempty"`
}

func (b *IOCBlocked) free() []*string { return []*string{&b.Reason} }

func (b *IOCBlocked) check(r *Room, _ *Event) error {
	i := r.IndicatorN(b.N)
	switch {
	case i == nil || i.ID != b.Indicator:
		return noSuch("indicator", b.N, len(r.Indicators), "this room has")
	case i.Blocked != nil:
		return Refuse(Conflict,
			"indicator %d (%s) is already blocked, by %s at %s; to correct the time: :time %d @TIME REASON",
			i.N, i.Words(), i.Blocked.By, FormatTime(i.Blocked.At), i.Blocked.Seq)
	}
	return longText("reason", b.Reason, true)
}

func (b *IOCBlocked) apply(r *Room, e *Event) {
	i := *r.Indicators[b.N-1] // a previous room shares it
	i.Blocked = &Block{At: e.At, By: e.By, Reason: b.Reason, Seq: e.Seq, RecordedAt: e.RecordedAt}
	r.Indicators = set(r, r.Indicators, b.N-1, &i)
}

func (b *IOCBlocked) line(r *Room, _ *Event) Safe {
	return because(Safef("%d  %s: blocked", b.N, r.IndicatorN(b.N).Words()), b.Reason)
}

// correctIndicators changes the time that the corrected event recorded of an
// indicator.
func (r *Room) correctIndicators(b *TimeCorrected) {
	at := b.When.UTC()
	for i, was := range r.Indicators {
		is := *was
		switch {
		case is.Seq == b.Seq:
			is.Seen = at
		case is.Blocked != nil && is.Blocked.Seq == b.Seq:
			block := *is.Blocked
			block.At = at
			is.Blocked = &block
		default:
			continue
		}
		r.Indicators = set(r, r.Indicators, i, &is)
	}
}

func badIndicatorType(typ string) error {
	if typ == "" {
		return choose("type of the indicator", IndicatorTypes)
	}
	return Refuse(NotFound, "there is no type of indicator %s; the types are %s", quoted(typ),
		strings.Join(IndicatorTypes, ", "))
}

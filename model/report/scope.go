package report

import (
	"fmt"
	"strings"
	"time"

	"warroom/model"
)

// Asset is something that the attacker controlled or may have controlled.
type Asset struct {
	N           int        `json:"n"`
	Type        string     `json:"type"`
	Name        model.Safe `json:"name"`
	State       string     `json:"state"`
	Compromised *time.Time `json:"compromised_at"`
	Contained   *time.Time `json:"contained_at"`
	By          model.Safe `json:"by"` // who recorded the state
	Reason      model.Safe `json:"reason"`
	Entry       uint64     `json:"entry"` // the entry that recorded it

	Steps []AssetStep `json:"steps"`
	Runs  []AssetRun  `json:"runs"`
}

// AssetRun is one period in which an asset was suspected or confirmed to be compromised.
type AssetRun struct {
	Suspected   *time.Time `json:"suspected_at"`
	Compromised *time.Time `json:"compromised_at"`
	Contained   *time.Time `json:"contained_at"`
	Cleared     *time.Time `json:"cleared_at"`
	LastedS     *int64     `json:"lasted_s"` // until it was contained; null: it was not
}

// AssetStep is one state of an asset.
type AssetStep struct {
	State  string     `json:"state"`
	At     time.Time  `json:"at"`
	By     model.Safe `json:"by"`
	Reason model.Safe `json:"reason"`
	Entry  uint64     `json:"entry"`
}

// Scope counts the assets of one type.
type Scope struct {
	Type      string `json:"type"`
	Contained int    `json:"contained"`
	All       int    `json:"all"` // without those that are cleared
	Cleared   int    `json:"cleared"`
}

func assetsOf(r *model.Room) []Asset {
	out := make([]Asset, 0, len(r.Assets))
	for i := range r.Assets {
		a := r.Assets[i]
		row := Asset{N: a.N, Type: a.Type, Name: model.CleanLine(a.Name), State: a.State(),
			Compromised: maybe(a.CompromisedAt()),
			Contained:   maybe(a.ContainedAt()), By: model.CleanLine(a.By()), Reason: model.CleanLine(a.Reason())}
		for _, s := range a.Steps {
			row.Steps = append(row.Steps,
				AssetStep{State: s.State, At: s.At, By: model.CleanLine(s.By), Reason: model.CleanLine(s.Reason),
					Entry: s.Seq})
			row.Entry = s.Seq
		}
		for _, v := range a.Runs() {
			run := AssetRun{Suspected: maybe(v.Suspected), Compromised: maybe(v.Compromised()),
				Contained: maybe(v.Contained), Cleared: maybe(v.Cleared)}
			if d, ok := v.Lasted(); ok {
				s := seconds(d)
				run.LastedS = &s
			}
			row.Runs = append(row.Runs, run)
		}
		out = append(out, row)
	}
	return out
}

func scopesOf(r *model.Room) []Scope {
	out := []Scope{}
	for _, s := range r.Scopes() {
		out = append(out, Scope(s))
	}
	return out
}

// assets writes the blast radius according to the record: each asset, since when it has
// been compromised, and for how long.
func (w *writer) assets() {
	if len(w.d.Assets) == 0 {
		w.f("The record has no compromised assets.\n\n")
		return
	}
	for _, s := range w.d.Scopes {
		w.f("- %s: %s\n", s.Type, model.Scope(s).Words())
	}
	w.f("\n")
	var rows [][]string
	for _, a := range w.d.Assets {
		for i, v := range a.Runs {
			row := []string{fmt.Sprint(a.N), a.Type, plain(a.Name), a.State, "", "", "", entry(a.Entry), plain(a.By),
				orDash(plain(a.Reason))}
			if i < len(a.Runs)-1 { // the state, its author and reason are of the newest run
				row = []string{fmt.Sprint(a.N), a.Type, plain(a.Name), "before", "", "", "", "-", "-", "-"}
			}
			row[4], row[5], row[6] = runBegan(w, v), runEnded(w, v), "-"
			if v.LastedS != nil {
				row[6] = span(*v.LastedS).String()
			}
			rows = append(rows, row)
		}
	}
	w.table([]string{"N", "Type", "Asset", "State", "Compromised since", "Contained", "Lasted", "Entry", "By", "Why"},
		rows)
}

// runBegan returns since when an asset was compromised in a run, or only suspected to be.
func runBegan(w *writer, v AssetRun) string {
	if v.Compromised == nil && v.Suspected != nil {
		return "suspected " + w.at(*v.Suspected)
	}
	return w.maybe(v.Compromised, "-")
}

// runEnded returns how a run ended.
func runEnded(w *writer, v AssetRun) string {
	if v.Contained == nil && v.Cleared != nil {
		return "cleared " + w.at(*v.Cleared)
	}
	return w.maybe(v.Contained, "**not contained**")
}

// Indicator is an indicator of compromise, defanged.
type Indicator struct {
	N         int        `json:"n"`
	Type      string     `json:"type"`
	Value     model.Safe `json:"value"` // defanged
	FirstSeen time.Time  `json:"first_seen"`
	By        model.Safe `json:"by"`
	Reason    model.Safe `json:"reason"`
	Entry     uint64     `json:"entry"`
	BlockedAt *time.Time `json:"blocked_at"`
	BlockedBy model.Safe `json:"blocked_by"`
	Blocked   model.Safe `json:"blocked_reason"`
}

func indicatorsOf(r *model.Room) []Indicator {
	out := make([]Indicator, 0, len(r.Indicators))
	for i := range r.Indicators {
		is := r.Indicators[i]
		row := Indicator{N: is.N, Type: is.Type, Value: is.Shown(), FirstSeen: is.Seen, By: model.CleanLine(is.By),
			Reason: model.CleanLine(is.Reason), Entry: is.Seq, BlockedAt: maybe(is.BlockedAt())}
		if b := is.Blocked; b != nil {
			row.BlockedBy, row.Blocked = model.CleanLine(b.By), model.CleanLine(b.Reason)
		}
		out = append(out, row)
	}
	return out
}

func (w *writer) indicators() {
	if len(w.d.Indicators) == 0 {
		return
	}
	w.f("### Indicators, defanged\n\n")
	var rows [][]string
	for _, i := range w.d.Indicators {
		rows = append(rows,
			[]string{fmt.Sprint(i.N), i.Type, plain(i.Value), w.at(i.FirstSeen),
				w.maybe(i.BlockedAt, "**not blocked**"),
				orDash(plain(i.BlockedBy)), entry(i.Entry), plain(i.By),
				orDash(plain(joined("; ", i.Reason, i.Blocked)))})
	}
	w.table([]string{"N", "Type", "Value", "First seen", "Blocked", "Blocked by", "Entry", "By", "Why"}, rows)
}

// Impact is a period in which people or systems were affected.
type Impact struct {
	Asset   int        `json:"asset"` // its number; if 0, not about one asset
	What    model.Safe `json:"what"`
	From    time.Time  `json:"started_at"`
	By      model.Safe `json:"by"`
	Reason  model.Safe `json:"reason"`
	Entry   uint64     `json:"entry"`
	Until   *time.Time `json:"ended_at"`
	EndedBy model.Safe `json:"ended_by"`
	Ended   model.Safe `json:"end_reason"`
	TookS   int64      `json:"took_s"`
}

func impactsOf(r *model.Room, now time.Time) []Impact {
	out := make([]Impact, 0, len(r.Impacts))
	for k := range r.Impacts {
		i := &r.Impacts[k]
		row := Impact{What: r.ImpactWords(i), From: i.From, By: model.CleanLine(i.By),
			Reason: model.CleanLine(i.Reason), Entry: i.Seq,
			Until: maybe(i.Until), EndedBy: model.CleanLine(i.EndedBy), Ended: model.CleanLine(i.EndReason),
			TookS: seconds(r.ImpactTook(i, now))}
		if a := r.ImpactAsset(i); a != nil {
			row.Asset = a.N
		}
		out = append(out, row)
	}
	return out
}

func (w *writer) impacts() {
	if len(w.d.Impacts) == 0 {
		return
	}
	w.f("### Impact\n\n")
	var rows [][]string
	noEnd := "**ongoing**"
	if w.d.Status == model.Closed {
		noEnd = "**not recorded**"
	}
	for _, i := range w.d.Impacts {
		rows = append(rows,
			[]string{plain(i.What), w.at(i.From), w.maybe(i.Until, noEnd), span(i.TookS).String(),
				entry(i.Entry), plain(joined(", ", i.By, i.EndedBy)), orDash(plain(joined("; ", i.Reason, i.Ended)))})
	}
	w.table([]string{"What", "From", "Until", "Took", "Entry", "By", "Why"}, rows)
}

// adversaryOf returns what the attacker did, by the time at which it happened.
func adversaryOf(all []Line) []Line { return linesOf(all, model.KindAdversaryObserved) }

func (w *writer) adversary() {
	if len(w.d.Adversary) == 0 {
		return
	}
	w.f("## What the attacker did\n\n")
	var rows [][]string
	for _, l := range w.d.Adversary {
		rows = append(rows, []string{entry(l.Entry), bothTimes(w, l.At, l.Recorded), plain(l.By), remarked(&l)})
	}
	w.table([]string{"Entry", "At", "Observed by", "What"}, rows)
}

// Related is another room that is related to this one.
type Related struct {
	Room     model.Safe `json:"room"`
	Relation string     `json:"relation"`
	By       model.Safe `json:"by"`
	At       time.Time  `json:"at"`
	Entry    uint64     `json:"entry"`
	Reason   model.Safe `json:"reason"`

	EndedAt     *time.Time `json:"ended_at"` // null: it still is
	EndedBy     model.Safe `json:"ended_by"`
	EndedReason model.Safe `json:"ended_reason"`

	countsLaw bool // legal deadlines that began in the room count
}

func relatedOf(r *model.Room) []Related {
	out := make([]Related, 0, len(r.Related)+len(r.Unrelated))
	for _, x := range r.Related {
		out = append(out,
			Related{Room: model.CleanLine(x.Name()), Relation: x.Relation, By: model.CleanLine(x.By), At: x.At,
				Entry: x.Seq, Reason: model.CleanLine(x.Reason), countsLaw: r.CountsLaw()})
	}
	for _, x := range r.Unrelated {
		out = append(out, Related{Room: model.CleanLine(x.Name()), Relation: x.Relation, By: model.CleanLine(x.By),
			At: x.At, Entry: x.Seq, Reason: model.CleanLine(x.Reason), EndedAt: maybe(x.EndedAt),
			EndedBy: model.CleanLine(x.EndedBy), EndedReason: model.CleanLine(x.Why)})
	}
	return out
}

// related writes the related rooms. The numbers of a duplicate do not count, except the legal
// deadlines that began in it.
func (w *writer) related() {
	for _, x := range w.d.Related {
		except := ""
		if x.countsLaw {
			except = ", except the legal deadlines that began in it"
		}
		if x.Relation == model.RelationDuplicate && x.EndedAt == nil {
			w.f("**This room is a duplicate of %s: its clocks do not count%s.**\n\n", plain(x.Room), except)
		}
	}
	var rows [][]string
	for _, x := range w.d.Related {
		why := plain(x.Reason)
		if x.EndedAt != nil {
			why += "; ended by " + plain(x.EndedBy) + ", " + w.at(*x.EndedAt) + ": " + plain(x.EndedReason)
		}
		rows = append(rows,
			[]string{entry(x.Entry), w.at(x.At), strings.ReplaceAll(x.Relation, "_", " "), plain(x.Room), plain(x.By),
				why})
	}
	if len(rows) > 0 {
		w.table([]string{"Entry", "At", "This room is", "Room", "By", "Why"}, rows)
	}
}

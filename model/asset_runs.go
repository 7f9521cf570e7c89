package model

import "time"

// rulesRuns is the version of the rules from which a containment ends only the newest run of
// an asset, a cleared asset leaves the count, and a duplicate keeps its legal clocks.
const rulesRuns = 3

// AssetRun is one period in which an asset was suspected or confirmed to be compromised, as
// reported. It ends when the asset is contained or cleared. A time is zero if nobody
// reported it.
type AssetRun struct {
	Suspected time.Time
	Confirmed time.Time
	Contained time.Time
	Cleared   time.Time
	Seq       uint64 // the entry that began it
	EndSeq    uint64 // the entry that contained it; if 0, none did
}

// From returns when the run began.
func (v *AssetRun) From() time.Time {
	if v.Suspected.IsZero() || !v.Confirmed.IsZero() && v.Confirmed.Before(v.Suspected) {
		return v.Confirmed
	}
	return v.Suspected
}

// Compromised returns since when the asset was compromised. It is zero if nobody confirmed
// that, or if the asset was cleared and not contained.
func (v *AssetRun) Compromised() time.Time {
	if v.Contained.IsZero() && !v.Cleared.IsZero() {
		return time.Time{}
	}
	return v.Confirmed
}

// Lasted returns how long the run was, and false if it was not contained.
func (v *AssetRun) Lasted() (time.Duration, bool) {
	if v.Contained.IsZero() {
		return 0, false
	}
	return v.Contained.Sub(v.From()), true
}

// Runs returns the runs of the asset, in the order of the log.
func (a *Asset) Runs() []AssetRun {
	var out []AssetRun
	for _, s := range a.Steps {
		n := len(out)
		ended := n == 0 || !out[n-1].Contained.IsZero() || !out[n-1].Cleared.IsZero()
		if ended && (n == 0 || s.State == AssetSuspected || s.State == AssetConfirmed) {
			out = append(out, AssetRun{Seq: s.Seq})
			n++
		}
		v := &out[n-1]
		switch s.State {
		case AssetSuspected:
			v.Suspected = earliest(v.Suspected, s.At)
		case AssetConfirmed:
			v.Confirmed = earliest(v.Confirmed, s.At)
		case AssetContained:
			v.Contained, v.EndSeq = s.At, s.Seq
		case AssetCleared:
			v.Cleared = s.At
		}
	}
	return out
}

func earliest(a, b time.Time) time.Time {
	if !a.IsZero() && a.Before(b) {
		return a
	}
	return b
}

func (a *Asset) lastRun() AssetRun {
	v := a.Runs()
	return v[len(v)-1]
}

// CompromisedAt returns since when the asset is compromised in its newest run, or the zero
// time if nobody confirmed it.
func (a *Asset) CompromisedAt() time.Time {
	v := a.lastRun()
	return v.Compromised()
}

// ContainedAt returns when the newest run of the asset was contained, or the zero time.
func (a *Asset) ContainedAt() time.Time { return a.lastRun().Contained }

// compromisedFrom returns the time before which the asset cannot have been contained: the
// beginning of its newest run. In older rooms it is the beginning of its first.
func (r *Room) compromisedFrom(a *Asset) time.Time {
	v := a.Runs()
	if r.Rules >= rulesRuns {
		return v[len(v)-1].From()
	}
	at := v[0].From()
	for i := range v {
		at = earliest(at, v[i].From())
	}
	return at
}

// containedEarly is the refusal of a containment before the compromise that it ends.
func (a *Asset) containedEarly(from, at time.Time) error {
	v := a.Runs()
	if len(v) > 1 && from.Equal(v[len(v)-1].From()) {
		return Refuse(Invalid,
			"asset %d (%s) was compromised again from %s on, so it cannot have been contained at %s; correct when "+
				"that was with :time %d @TIME REASON",
			a.N, a.Words(), FormatTime(from), FormatTime(at), v[len(v)-1].Seq)
	}
	return Refuse(Invalid,
		"asset %d (%s) was compromised from %s on, so it cannot have been contained at %s; correct an earlier "+
			"compromise with :time %d @TIME REASON",
		a.N, a.Words(), FormatTime(from), FormatTime(at), a.Steps[0].Seq)
}

// Words describes the run: "compromised since 14:05, contained at 14:30".
func (v *AssetRun) Words(at At) Safe {
	var s []Safe
	suspected, confirmed := v.Suspected, Lit("compromised since")
	if !v.Confirmed.IsZero() && !suspected.Before(v.Confirmed) {
		suspected = time.Time{}
	}
	if v.Compromised().IsZero() { // cleared
		confirmed = Lit("confirmed at")
	}
	for _, p := range []struct {
		what Safe
		at   time.Time
	}{{Lit("suspected since"), suspected}, {confirmed, v.Confirmed}, {Lit("contained at"), v.Contained},
		{Lit("cleared at"), v.Cleared}} {
		if !p.at.IsZero() {
			s = append(s, Safef("%s %s", p.what, at(p.at)))
		}
	}
	return JoinSafe(Lit(", "), s...)
}

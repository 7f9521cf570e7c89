package view

import (
	"strings"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// Verified is the result of verifying a record.
type Verified struct {
	Head model.Safe
	Bad  []model.Safe // why the record is not valid
	Good []model.Safe // what is proven, and by whom
	Open []model.Safe // what is not proven
}

// judged returns the rows of a sentence after a one-word result.
func judged(style tcell.Style, word, message model.Safe, w int, th *theme.Theme) []draw.Line {
	rows := draw.Rows(th.Plain, message, w-6)
	for i := range rows {
		if i == 0 {
			rows[i] = append(draw.Column(style, word, 5), rows[i]...)
			continue
		}
		rows[i] = append(draw.Blanks(6), rows[i]...)
	}
	return rows
}

// proofLines describes what this terminal has checked of the record so far.
func proofLines(v *model.View, now time.Time, w int, th *theme.Theme) []draw.Line {
	p, s := v.Proof, v.Proof.Sealed
	out := draw.Rows(standStyle(p, th), present.RecordState(v), w)
	out = append(out, nil, th.Heading(model.Lit("The hub's newest checkpoint")))
	if s.Text == "" {
		return append(out,
			draw.Rows(th.Dim,
				model.Lit("none yet: a hub signs one 30 seconds after a change of the log; with a server of your "+
					"own only `warroom serve --server` does"), w)...)
	}
	for l := range strings.Lines(s.Text) {
		out = append(out, draw.L(draw.T(th.Bold, model.CleanLine(strings.TrimSuffix(l, "\n")))))
	}
	out = append(out, nil)
	out = append(out, fact(model.Lit("covers"), model.Safef("%d entries", s.Size), w, th)...)
	out = append(out,
		fact(model.Lit("received"), model.Safef("%s (%s ago)", model.FormatTime(s.At), model.Span(now.Sub(s.At))), w,
			th)...)
	out = append(out, fact(model.Lit("signed"), model.Safef("by the hub, key %s", s.Key), w, th)...)
	out = append(out, fact(model.Lit("cosigned"), cosigners(s), w, th)...)
	return append(out,
		draw.Rows(th.Dim,
			model.Lit("y copies the three lines. Keep them away from this hub: warroom verify FILE --pin "+
				"CHECKPOINT then detects any change before that point"), w)...)
}

// cosigners names the people who cosigned the log.
func cosigners(s model.Sealed) model.Safe {
	switch {
	case s.Seen != "":
		return model.Safef("by %s, whose terminals computed the same root", s.Seen)
	case s.Upto > 0:
		return model.Safef("not yet; the first %d entries are cosigned by %s", s.Upto, s.By)
	}
	return model.Lit("by nobody yet: a terminal on another machine does it; until then, whoever has the hub's key " +
		"could change the end of the log unnoticed")
}

func standStyle(p model.Proof, th *theme.Theme) tcell.Style {
	switch {
	case !p.Alarm.IsEmpty() || p.Bad > 0:
		return th.Bad
	case p.Pending || !p.Newer.IsEmpty():
		return th.Warn
	}
	return th.Good
}

// RecordCheck is the state of the verification of a record.
type RecordCheck struct {
	Offered bool // it is possible from here
	Done    bool
	Found   Verified
	Err     error // why it failed
}

// RecordLines returns the page about the record: what this terminal has checked so far,
// and the result of verifying the whole record.
func RecordLines(v *model.View, c *RecordCheck, now time.Time, w int, th *theme.Theme) []draw.Line {
	out := proofLines(v, now, w, th)
	out = append(out, nil, th.Heading(model.Lit("The whole record, as of when this page was opened")))
	switch {
	case !c.Offered:
		return append(out,
			draw.Rows(th.Dim, model.Safef("not available here: run warroom verify %s on your own machine", v.Short),
				w)...)
	case !c.Done:
		return append(out, draw.L(draw.T(th.Warn, model.Lit("being read and verified ..."))))
	case c.Err != nil:
		return append(out, draw.Rows(th.Bad, model.Safef("it could not be read: %s", model.Sentence(c.Err)), w)...)
	}
	out = append(out, draw.Rows(th.Plain, c.Found.Head, w)...)
	for _, s := range c.Found.Bad {
		out = append(out, judged(th.Bad, model.Lit("BAD"), s, w, th)...)
	}
	for _, s := range c.Found.Good {
		out = append(out, judged(th.Good, model.Lit("ok"), s, w, th)...)
	}
	for _, s := range c.Found.Open {
		out = append(out, judged(th.Warn, model.Lit("open"), s, w, th)...)
	}
	return out
}

package view

import (
	"strings"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// The wall display, from top to bottom: what is happening and how severe it is (the
// header, and large letters if there is room); what is due next (clocks); who has which
// role, and what is running, blocked, done or unassigned (work); and the latest entries
// (log).

// WallRows returns the rows of the wall display below its header, at most h.
func WallRows(v *model.View, now time.Time, w, h int, th *theme.Theme) []draw.Line {
	r := v.Room
	if r.Lobby {
		return LobbyRows(r, now, w, h, th)
	}
	out := wallAlarms(v, now, w, th)
	if h >= 34 {
		out = append(out, wallHeadline(r, w, h, th)...)
	}
	rest := h - len(out)
	log := wallLogRows(rest)
	body := wallBody(r, now, w, rest-log, th)
	out = append(out, body...)
	return draw.Limit(append(out, wallLog(r, now, w, rest-len(body), th)...), max(0, h))
}

// wallLogRows returns the minimum height of the log.
func wallLogRows(h int) int { return max(min(3, h/3), (h-2)/4) }

// wallAlarms returns the sentences that precede everything else.
func wallAlarms(v *model.View, now time.Time, w int, th *theme.Theme) []draw.Line {
	var out []draw.Line
	if !v.Proof.Alarm.IsEmpty() {
		out = append(out, alarmRows(v.Proof, w, th)...)
	}
	if g, ok := v.Room.CommandGap(now); ok && g.Holder != "" {
		words := model.Safef("! %s", g.Words(now))
		if draw.Width(words) > w {
			words = model.Safef("! %s", g.State(now))
		}
		out = append(out, draw.L(draw.T(th.Bad, words)).Clip(w))
	}
	for _, p := range present.Proposals(v.Room) {
		out = append(out, draw.L(draw.T(th.Bad, model.Safef("! %s", p))).Clip(w))
	}
	if who, why := v.Room.TwoJobs(); who != "" && why == nil {
		out = append(out, draw.L(draw.T(th.Warn, model.Safef("! %s", present.TwoJobs(v.Room)))).Clip(w))
	}
	if l := WallRadar(v.Room, now, w, th); l != nil {
		out = append(out, l)
	}
	return out
}

// wallHeadline returns the severity and the phase in the largest letters that fit.
func wallHeadline(r *model.Room, w, h int, th *theme.Theme) []draw.Line {
	word := strings.ToUpper(present.Stage(r).String())
	if r.Status == model.Open && r.Severity != "" {
		word = strings.ToUpper(r.Severity) + "  " + word
	}
	if !draw.CanBeBig(word) {
		return nil
	}
	style := th.Bold
	switch {
	case r.Status != model.Open:
		style = th.Good.Bold(true)
	case rankOf(r) <= 1:
		style = th.Bad
	}
	for scale := 2; scale >= 1; scale-- {
		if draw.BigWidth(word, scale) <= w && (scale == 1 || h >= 50) {
			return append(append([]draw.Line{nil}, draw.BigLines(word, scale, style, th.ASCII)...), nil)
		}
	}
	return nil
}

// wallBody returns the clocks beside the work, or above it on a narrow screen, in at most
// h rows.
func wallBody(r *model.Room, now time.Time, w, h int, th *theme.Theme) []draw.Line {
	if w < 100 {
		clocks := wallClockRows(r, now, w, min(8, max(2, h-9)), th)
		progress := wallProgress(r, w, th)
		progress = draw.Limit(progress, max(1, h-len(clocks)-6))
		out := append(clocks, progress...)
		return append(out, wallWork(r, now, w, h-len(out), th)...)
	}
	wl := w * 54 / 100
	progress := wallProgress(r, wl-2, th)
	left := append(wallClockRows(r, now, wl-2, h-len(progress)-2, th), nil)
	left = append(left, progress...)
	right := wallWork(r, now, w-wl-2, h-1, th)
	rows := max(len(left), len(right))
	bar := model.Lit("│ ")
	if th.ASCII {
		bar = model.Lit("| ")
	}
	out := []draw.Line{draw.L(draw.T(th.Dim, draw.Rule(w, th.ASCII)))}
	for i := range rows {
		var l, rr draw.Line
		if i < len(left) {
			l = left[i].Clip(wl - 1)
		}
		if i < len(right) {
			rr = right[i]
		}
		l = append(l[:len(l):len(l)], draw.T(th.Plain, draw.Spaces(wl-l.Width())))
		out = append(out, append(append(l, draw.T(th.Dim, bar)), rr...))
	}
	return draw.Limit(out, h)
}

// wallProgress returns the progress of the open phases, and a summary of the scope.
func wallProgress(r *model.Room, w int, th *theme.Theme) []draw.Line {
	var out []draw.Line
	for _, p := range present.OpenPhases(r) {
		done, all := r.Progress(p)
		if all == 0 {
			continue
		}
		label := model.CleanLine(strings.ToUpper(present.PhaseName(r, p).String()))
		line := draw.Column(th.Bold, label, min(20, max(12, draw.Width(label))))
		line = append(line, draw.T(th.Good, draw.Bar(min(24, w/3), float64(done)/float64(all), th.ASCII)),
			draw.T(th.Bold, model.Safef(" %d of %d done", done, all)))
		out = append(out, line.Clip(w))
	}
	if s := r.ScopeLine(); !s.IsEmpty() {
		out = append(out, draw.L(draw.T(th.Bold, model.Lit("SCOPE ")), draw.T(th.Plain, s)).Clip(w))
	}
	if s := r.BlockedLine(); !s.IsEmpty() {
		out = append(out, draw.L(draw.T(th.Bold, model.Lit("INDICATORS ")), draw.T(th.Plain, s)).Clip(w))
	}
	return out
}

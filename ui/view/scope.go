package view

import (
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// ScopePage returns what is known about the attack, with the commands that add to it.
func ScopePage(r *model.Room, now time.Time, w int, zone *time.Location, th *theme.Theme) []draw.Line {
	at := timesIn(zone)
	out := exposureRows(r, zone, w, th)
	for _, part := range []func(*model.Room, model.At, int, *theme.Theme) []draw.Line{assetRows, indicatorRows,
		hypothesisRows} {
		out = append(append(out, nil), part(r, at, w, th)...)
	}
	return append(append(out, nil), impactRows(r, now, at, w, th)...)
}

func exposureRows(r *model.Room, zone *time.Location, w int, th *theme.Theme) []draw.Line {
	style := th.Dim
	if x := r.Exposure; x != nil {
		style = map[string]tcell.Style{model.ExposureConfirmed: th.Bad, model.ExposureSuspected: th.Warn,
			model.ExposureNone: th.Good}[x.Level]
	}
	return draw.Rows(style, present.Exposure(r, zone), w)
}

// timesIn returns a formatter of times in a zone.
func timesIn(zone *time.Location) model.At {
	return func(t time.Time) model.Safe { return model.CleanLine(t.In(zone).Format("2006-01-02 15:04 MST")) }
}

func assetRows(r *model.Room, at model.At, w int, th *theme.Theme) []draw.Line {
	out := []draw.Line{th.Heading(present.ScopeAssets.Name)}
	if len(r.Assets) == 0 {
		return append(out, draw.Rows(th.Dim, present.ScopeAssets.None(), w)...)
	}
	out = append(out, draw.L(draw.T(th.Bold, r.ScopeLine())).Clip(w))
	for i := range r.Assets {
		a := r.Assets[i]
		out = append(out,
			knownRow(a.N, th.Asset(a.State()), model.CleanLine(a.State()),
				model.Safef("%s, %s", a.Words(), a.Facts(at)), w, th)...)
	}
	return out
}

func indicatorRows(r *model.Room, at model.At, w int, th *theme.Theme) []draw.Line {
	out := []draw.Line{th.Heading(present.ScopeIndicators.Name)}
	if len(r.Indicators) == 0 {
		return append(out, draw.Rows(th.Dim, present.ScopeIndicators.None(), w)...)
	}
	out = append(out, draw.L(draw.T(th.Bold, r.BlockedLine())).Clip(w))
	for i := range r.Indicators {
		is := r.Indicators[i]
		style, state := th.Warn, model.Lit("open")
		if is.Blocked != nil {
			style, state = th.Good, model.Lit("blocked")
		}
		out = append(out, knownRow(is.N, style, state, model.Safef("%s, %s", is.Words(), is.Facts(at)), w, th)...)
	}
	return out
}

func hypothesisRows(r *model.Room, at model.At, w int, th *theme.Theme) []draw.Line {
	out := []draw.Line{th.Heading(present.ScopeHypotheses.Name)}
	list := r.Hypotheses()
	if len(list) == 0 {
		return append(out, draw.Rows(th.Dim, present.ScopeHypotheses.None(), w)...)
	}
	for i := range list {
		h := &list[i]
		style := map[string]tcell.Style{model.OutcomeOpen: th.Warn, model.OutcomeSupported: th.Bad}[h.State]
		if h.State == model.OutcomeEliminated || h.State == model.OutcomeRetracted {
			style = th.Dim
		}
		out = append(out,
			knownRow(int(h.N), style, model.CleanLine(h.State), model.Safef("%s, %s", h.Text, h.Facts(at)), w, th)...)
	}
	return out
}

func impactRows(r *model.Room, now time.Time, at model.At, w int, th *theme.Theme) []draw.Line {
	out := []draw.Line{th.Heading(present.ScopeImpact.Name)}
	if len(r.Impacts) == 0 {
		return append(out, draw.Rows(th.Dim, present.ScopeImpact.None(), w)...)
	}
	for k := range r.Impacts {
		i := &r.Impacts[k]
		style, state := th.Bad, model.Lit("ongoing")
		if !i.Until.IsZero() {
			style, state = th.Dim, model.Lit("over")
		}
		out = append(out,
			knownRow(k+1, style, state, model.Safef("%s, %s", r.ImpactWords(i), r.ImpactFacts(i, now, at)), w,
				th)...)
	}
	return out
}

// knownRow returns the rows of a numbered item with its state and facts.
func knownRow(n int, style tcell.Style, state, facts model.Safe, w int, th *theme.Theme) []draw.Line {
	head := draw.L(draw.T(th.Bold, model.Safef("%-3d ", n)), draw.T(style, model.Safef("%-11s", state)))
	rows := draw.Rows(th.Plain, facts, w-15)
	for i, l := range rows {
		if i == 0 {
			rows[i] = append(head, l...)
			continue
		}
		rows[i] = append(draw.Blanks(15), l...)
	}
	return rows
}

// scopeSpan counts the assets for the top line; empty if there are none.
func scopeSpan(r *model.Room, th *theme.Theme) draw.Span {
	contained, all := 0, 0
	for _, s := range r.Scopes() {
		contained, all = contained+s.Contained, all+s.All
	}
	style := th.Warn
	if contained == all {
		style = th.Good
	}
	if all == 0 {
		return draw.T(style, model.Safe{})
	}
	return draw.T(style, model.Safef("SCOPE %d/%d", contained, all))
}

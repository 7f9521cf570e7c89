package view

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// workLabel is the width of the labels of the work.
const workLabel = 8

// workRow is one row: left may be cut off, right is not.
type workRow struct {
	left, right draw.Line
	n           int       // number of items in it; 0 continues the row before it
	whole       draw.Line // left, if the row that continues it is not shown
}

// workGroup is one group of rows about the work.
type workGroup struct {
	label     model.Safe
	rows      []workRow
	one, many string // names of its items, for the count of those left out
	rank      int    // the lowest rank gets its rows first
	must      int    // number of rows that are never dropped
}

// wallWork returns the roles, and what is running, blocked, unassigned, asked and done,
// in at most h rows. Each group has at least one row as long as there are enough, and the
// last row of a group counts what is left out.
func wallWork(r *model.Room, now time.Time, w, h int, th *theme.Theme) []draw.Line {
	inner := w - workLabel - 1
	roles, must := wallRoles(r, now, inner, th)
	items := func(is present.WorkGroup) []workRow { return wallItems(r, now, th, is) }
	groups := []workGroup{
		{label: model.Lit("ROLES"), rows: roles, one: "role", many: "roles", must: must},
		{label: model.Lit("DOING"), rows: items(present.IsDoing), one: "running", many: "running", rank: 4},
		{label: model.Lit("BLOCKED"), rows: items(present.IsBlocked), one: "blocked", many: "blocked", rank: 3},
		{label: model.Lit("NOBODY"), rows: items(present.IsUnowned), one: "item", many: "items", rank: 2},
		{label: model.Lit("ASKED"), rows: wallAsks(r, now, th), one: "ask", many: "asks", rank: 1},
		{label: model.Lit("POLL"), rows: wallPolls(r, now, th), one: "poll", many: "polls", rank: 5},
		{label: model.Lit("DONE"), rows: wallDone(r, now, th), one: "done", many: "done", rank: 6},
		{label: model.Lit("LATER"), rows: items(present.IsLater), one: "later", many: "later", rank: 7},
	}
	for i := range groups {
		if g := &groups[i]; g.rank > 0 && g.rank < 6 { // what is done or later may be cut off
			g.rows = wrapWork(g.rows, inner)
		}
	}
	groups = slices.DeleteFunc(groups, func(g workGroup) bool { return len(g.rows) == 0 })
	given := shareRows(groups, h)
	var out []draw.Line
	for i, g := range groups {
		for k := range given[i] {
			label := draw.Blanks(workLabel + 1)
			if k == 0 {
				label = draw.Column(th.Bold, g.label, workLabel)
			}
			out = append(out, append(label, workLine(g, k, given[i], inner, th)...))
		}
	}
	return out
}

// workLine returns row k of the shown rows of a group. The last one counts the items that
// are not shown, in fewer words if its text would be cut off otherwise.
func workLine(g workGroup, k, shown, w int, th *theme.Theme) draw.Line {
	row := g.rows[k]
	left := row.left
	if k+1 < len(g.rows) && k+1 == shown && g.rows[k+1].n == 0 {
		left = row.whole
	}
	if k+1 < shown {
		return draw.Spread(w, left, row.right)
	}
	more, n := moreOf(g, shown, th)
	if n > 0 && left.Width()+row.right.Width()+more.Width() > w {
		more = draw.L(draw.T(th.Warn, model.Safef("  +%d more", n)))
	}
	return draw.Spread(w, left, append(row.right[:len(row.right):len(row.right)], more...))
}

// wrapWork breaks the texts that do not fit in w cells onto a second row.
func wrapWork(rows []workRow, w int) []workRow {
	var out []workRow
	for _, row := range rows {
		room := w - row.right.Width()
		if len(row.left) != 2 || row.left.Width() <= room || room < 20 {
			out = append(out, row)
			continue
		}
		label, text := row.left[0], row.left[1]
		head := draw.Wrap(text.Text, room-draw.Width(label.Text))
		rest := afterFirst(head)
		indent := draw.T(label.Style, draw.Spaces(draw.Width(label.Text)))
		out = append(out, workRow{left: draw.L(label, draw.T(text.Style, head[0])), right: row.right, n: row.n,
			whole: row.left},
			workRow{left: draw.L(indent, draw.T(text.Style, rest))})
	}
	return out
}

// afterFirst returns the rows of a wrapped text after its first one in one row.
func afterFirst(rows []model.Safe) model.Safe {
	text := model.Safe{}
	for i, row := range rows[1:] {
		part := model.CleanLine(strings.TrimSpace(row.String()))
		if i > 0 {
			part = model.Safef(" %s", part)
		}
		text = model.Safef("%s%s", text, part)
	}
	return text
}

// moreOf counts the items of a group after its first rows.
func moreOf(g workGroup, shown int, th *theme.Theme) (draw.Line, int) {
	left := 0
	for _, row := range g.rows[shown:] {
		left += row.n
	}
	switch left {
	case 0:
		return nil, 0
	case 1:
		return draw.L(draw.T(th.Warn, model.Safef("  +1 more %s", g.one))), 1
	}
	return draw.L(draw.T(th.Warn, model.Safef("  +%d more %s", left, g.many))), left
}

// shareRows distributes h rows among the groups: one for each by rank, then the rows that
// are never dropped, then one after the other until all groups are complete.
func shareRows(groups []workGroup, h int) []int {
	given, order := make([]int, len(groups)), make([]int, len(groups))
	for i := range groups {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return groups[a].rank - groups[b].rank })
	give := func(want func(i int) bool) (gave bool) {
		for _, i := range order {
			if h > 0 && given[i] < len(groups[i].rows) && want(i) {
				given[i], h, gave = given[i]+1, h-1, true
			}
		}
		return gave
	}
	give(func(int) bool { return true })
	for give(func(i int) bool { return given[i] < groups[i].must }) {
	}
	for give(func(int) bool { return true }) {
	}
	return given
}

// wallRoles returns the roles side by side, vacant mandatory ones first, and the number
// of rows that those take.
func wallRoles(r *model.Room, now time.Time, w int, th *theme.Theme) (rows []workRow, must int) {
	if r.Plan == nil {
		return nil, 0
	}
	var vacant, held, free []draw.Line
	for i := range r.Plan.Roles {
		d := &r.Plan.Roles[i]
		holders, name, vacancy := cleanAll(r.Holders(d.ID)), present.RoleShort(d), present.Vacancy(r, d, now)
		if c := r.CommandRole(); c != nil && c.ID == d.ID {
			holders = r.HolderNames(d.ID) // whoever took command alone is marked
		}
		switch {
		case len(holders) > 0:
			l := draw.L(draw.T(th.Dim, model.Safef("%s ", name)),
				draw.T(th.Accent, model.JoinSafe(model.Lit(", "), holders...)))
			held = append(held, l)
		case !vacancy.Short.IsEmpty():
			vacant = append(vacant, draw.L(draw.T(th.Bad, model.Safef("%s %s", name, vacancy.Short))))
		default:
			free = append(free, draw.L(draw.T(th.Dim, model.Safef("%s -", name))))
		}
	}
	return flow(slices.Concat(vacant, held, free), w), len(flow(vacant, w))
}

// flow arranges parts side by side in rows of w cells.
func flow(parts []draw.Line, w int) []workRow {
	var out []workRow
	var row workRow
	for _, p := range parts {
		if row.n > 0 && row.left.Width()+3+p.Width() > w {
			out, row = append(out, row), workRow{}
		}
		if row.n > 0 {
			row.left = append(row.left, draw.T(p[0].Style, model.Lit("   ")))
		}
		row.left, row.n = append(row.left, p...), row.n+1
	}
	if row.n > 0 {
		out = append(out, row)
	}
	return out
}

// wallItems returns the items of one group, overdue and urgent ones first.
func wallItems(r *model.Room, now time.Time, th *theme.Theme, is present.WorkGroup) []workRow {
	var out []workRow
	for _, it := range present.Work(r, now, is) {
		out = append(out, wallItem(r, it, now, th))
	}
	return out
}

// wallItem returns one item: its number and text, and at the right its owner and how long
// it has been in its state, without seconds: there may be dozens, and all their seconds
// would change at once.
func wallItem(r *model.Room, it *model.Item, now time.Time, th *theme.Theme) workRow {
	style := th.Plain
	text := model.CleanLine(it.Text)
	if it.State == model.ItemBlocked && it.Reason != "" {
		text = model.Safef("%s (%s)", text, model.CleanLine(it.Reason))
	}
	since := it.At
	if since.IsZero() && present.IsUnowned(r, it) {
		since = present.OpenSince(r, it)
	}
	right := draw.L()
	switch {
	case r.ItemOverdue(it, now):
		right = append(right, draw.T(th.Bad, model.Safef("  %s %s", present.Overdue, present.Brief(now.Sub(it.Due)))))
		since = time.Time{}
	case r.Def(it).Urgent:
		right = append(right, draw.T(th.Bad, model.Lit("  URGENT")))
	}
	if it.State == model.ItemBlocked {
		style = th.Bad
	}
	who := cmp.Or(it.Owner, it.By)
	if it.State == model.ItemTodo {
		who = it.Owner
	}
	if who != "" {
		right = append(right, draw.T(th.Accent, model.Safef("  %s", who)))
	}
	if !since.IsZero() {
		right = append(right, draw.T(th.Dim, model.Safef("  for %s", present.Brief(now.Sub(since)))))
	}
	return workRow{left: draw.L(draw.T(th.Dim, model.Safef("%d ", it.N)), draw.T(style, text)), right: right, n: 1}
}

// wallDone returns the done items, the newest first. One of a phase that is not open is under the
// name of its phase, since the progress counts only the open ones.
func wallDone(r *model.Room, now time.Time, th *theme.Theme) []workRow {
	var list []*model.Item
	for i := range r.Items {
		if it := &r.Items[i]; it.State == model.ItemDone {
			list = append(list, it)
		}
	}
	slices.SortStableFunc(list, func(a, b *model.Item) int { return b.At.Compare(a.At) })
	open := present.OpenPhases(r)
	var out []workRow
	for _, it := range list {
		right := draw.L(draw.T(th.Accent, model.Safef("  %s", it.By)),
			draw.T(th.Dim, model.Safef("  %s", model.DayTime(it.At, now))))
		left := draw.L(draw.T(th.Dim, model.Safef("%d ", it.N)))
		if !slices.Contains(open, it.Phase) {
			left = append(left, draw.T(th.Dim, model.Safef("%s: ", present.PhaseName(r, it.Phase))))
		}
		out = append(out, workRow{left: append(left, draw.T(th.Plain, model.CleanLine(it.Text))), right: right, n: 1})
	}
	return out
}

// wallAsks returns the open asks, the earliest due first.
func wallAsks(r *model.Room, now time.Time, th *theme.Theme) []workRow {
	var out []workRow
	for _, a := range r.OpenAsks() {
		style := th.Plain
		if !now.Before(a.Due) {
			style = th.Bad
		}
		right := draw.L(draw.T(style, model.Safef("  %s", present.AskDue(&a, now).Short)))
		if a.Acked && now.Before(a.Due) {
			right = append(draw.L(draw.T(th.Dim, model.Safef("  %s", present.AskSeen))), right...)
		}
		left := draw.L(draw.T(th.Mark, model.Safef("%s ", r.AskTo(&a))), draw.T(th.Plain, model.CleanLine(a.Text)))
		out = append(out, workRow{left: left, right: right, n: 1})
	}
	return out
}

// wallPolls returns the open polls.
func wallPolls(r *model.Room, now time.Time, th *theme.Theme) []workRow {
	var out []workRow
	for _, p := range r.OpenPolls(now) {
		right := draw.L(draw.T(th.Dim, model.Safef("  %s", present.PollEnds(&p, now))))
		if s := present.PollObjections(&p); !s.IsEmpty() {
			right = append(draw.L(draw.T(th.Warn, model.Safef("  %s", s))), right...)
		}
		left := draw.L(draw.T(th.Plain, model.Safe{}), draw.T(th.Plain, model.CleanLine(p.Text)))
		out = append(out, workRow{left: left, right: right, n: 1})
	}
	return out
}

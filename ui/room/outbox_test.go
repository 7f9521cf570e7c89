package room

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/ui/shell"
	"warroom/ui/theme"
	"warroom/ui/view"
)

// TestOutboxShowsALineOnce: from Enter until it is in the log, a line is shown once,
// whether this terminal, the session or both have it.
func TestOutboxShowsALineOnce(t *testing.T) {
	v := func(waiting ...model.Waiting) *model.View {
		return &model.View{Room: model.NewRoom(), Waiting: waiting}
	}
	draft := model.Waiting{State: model.Pending, Draft: model.Draft{ID: "id-1", Made: time.Unix(0, 0).UTC()}}
	o := outbox{view: v(), typed: map[string]string{}, count: 2,
		lines: []localLine{{n: 1, line: "one", made: time.Unix(0, 0).UTC()},
			{n: 2, line: "two", made: time.Unix(0, 0).UTC()}}}
	shows := func(when, want string) {
		t.Helper()
		var got []string
		for _, u := range o.waiting() {
			got = append(got, string(u.State)+" "+view.WaitingText(u.Waiting, u.Typed).String())
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%s: got %q, want %q", when, s, want)
		}
	}
	shows("sent", "pending one, pending two")
	early := draft
	early.Draft.Line = "one"
	o.take(v(early))
	shows("in the view, but the terminal does not know its id", "pending one, pending two")
	o.take(v())
	o.accept(1, "id-1")
	shows("known to the session, not in the view yet", "pending one, pending two")
	o.take(v(draft))
	shows("in the view", "pending one, pending two")
	o.refuse(2, errors.New("no"))
	shows("the other one is refused", "pending one, refused two")
	if !o.hasRefused() {
		t.Error("got no refused line, want one")
	}
	l, _ := o.shown()
	if line, job := o.remove(l); line != "two" || job != nil {
		t.Errorf("remove: got %q, job %v, want %q and none", line, job != nil, "two")
	}
	o.take(v())
	shows("stored", "")
	if !o.isOwn("id-1") || o.isOwn("id-2") {
		t.Errorf("got own %v, %v, want true, false", o.isOwn("id-1"), o.isOwn("id-2"))
	}
}

// TestOutboxRows: waiting lines take no more than n rows, and the number of those left
// out is shown.
func TestOutboxRows(t *testing.T) {
	o := outbox{view: &model.View{Room: model.NewRoom()}, typed: map[string]string{}}
	for i := range 5 {
		o.lines = append(o.lines, localLine{n: i + 1, line: "a line"})
	}
	rows := o.rows(80, 9, view.ColumnsFor(80, 0, time.UTC), theme.Of(theme.Mono, 0, true))
	if len(rows) != 3 || !strings.Contains(rows[0].String(), "and 3 more") {
		t.Errorf("got %d rows, the first %q, want 3, the first with %q", len(rows), rows[0].String(),
			"and 3 more")
	}
}

// TestTrayRows: of several refused lines one is shown, with the beginning of its reason and
// the keys for the others, in four rows at most.
func TestTrayRows(t *testing.T) {
	o := outbox{view: &model.View{Room: model.NewRoom()}, typed: map[string]string{}}
	for i := range 3 {
		o.lines = append(o.lines, localLine{n: i + 1, line: fmt.Sprintf(":resolve it is over %d", i+1),
			why: model.CleanLine("not everything is done (open: " + strings.Repeat("another item; ", 60) + ")")})
	}
	for _, c := range []struct {
		w, shown int
		want     []string
	}{
		{80, 0, []string{":resolve it is over 3", "not everything is done", "...", "1 of 3 refused: Up edits"}},
		{60, 2, []string{":resolve it is over 1", "not everything is done", "...", "3 of 3 refused: Up, Ctrl-X"}},
	} {
		o.trayAt = c.shown
		rows := o.rows(c.w, 6, view.ColumnsFor(c.w, 0, time.UTC), theme.Of(theme.Mono, 0, true))
		var text []string
		for _, r := range rows {
			text = append(text, r.String())
		}
		got := strings.Join(text, "\n")
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%d columns: got\n%s\nwant %q in it", c.w, got, want)
			}
		}
		if len(rows) != 4 {
			t.Errorf("%d columns: got %d rows, want 4:\n%s", c.w, len(rows), got)
		}
	}
}

// TestTheReasonOfASingleRefusedLine: at 80x24 the list of what is open is whole; of several
// refused lines each takes a few rows.
func TestTheReasonOfASingleRefusedLine(t *testing.T) {
	o := outbox{view: &model.View{Room: model.NewRoom()}, clock: &shell.Clock{}}
	why := model.Safef("(open: %s the last one)", strings.Repeat("item 1 Revoke the exposed secrets; ", 12))
	o.lines = []localLine{{n: 1, line: ":resolve", why: why}}
	show := func() string {
		var out []string
		for _, l := range o.rows(80, 16, view.ColumnsFor(80, 0, time.UTC), theme.Of(theme.Mono, 0, true)) {
			out = append(out, strings.TrimSpace(l.String()))
		}
		return strings.Join(out, " ")
	}
	if got := show(); !strings.Contains(got, "the last one)") {
		t.Errorf("one refused line: got %q, want the whole reason", got)
	}
	o.lines[0].why = model.Safef("%s %s", why, why)
	if got := show(); !strings.Contains(got, "... F3 lists all items") {
		t.Errorf("a longer reason: got %q, want the page with the rest named", got)
	}
	o.lines = append(o.lines, localLine{n: 2, line: ":close", why: why})
	if got := show(); strings.Contains(got, "the last one)") || !strings.Contains(got, "...") {
		t.Errorf("two refused lines: got %q, want the reason cut", got)
	}
}

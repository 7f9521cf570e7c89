package room

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/keymap"
	"warroom/ui/present"
	"warroom/ui/shell"
	"warroom/ui/view"
)

// AlertsPage lists the alerts of a room or of the lobby, with one selected. Open alerts
// come first, the earliest due on top.
type AlertsPage struct {
	shell.Finder
	listRows
	p   *Page
	sel string // id of the alert

	marked map[string]bool // ids of the alerts that the next command applies to
}

// shownDone is the maximum number of settled alerts in the list.
const shownDone = 50

// OpenAlerts opens the list of alerts, or closes it if it is open.
func OpenAlerts(p *Page) {
	p.shell.Toggle(&AlertsPage{p: p, marked: map[string]bool{}},
		func(o shell.Page) bool { _, ok := o.(*AlertsPage); return ok })
}

// Scope returns the key scope of the page.
func (g *AlertsPage) Scope() keymap.Scope { return g.ScopeOr(keymap.InAlerts) }

// order returns the alerts in the order of the page, and how many of them are open.
func (g *AlertsPage) order() (out []*model.RoomAlert, open int) {
	r := g.p.view.Room
	out = r.OpenAlerts()
	open = len(out)
	for i := len(r.Alerts) - 1; i >= 0 && len(out) < open+shownDone; i-- {
		if a := &r.Alerts[i]; !slices.Contains(out[:open], a) {
			out = append(out, a)
		}
	}
	if !g.Active() {
		return out, open
	}
	matches := func(a *model.RoomAlert) bool {
		return g.Matches(fmt.Sprintf("%d %s %s %s", a.N, a.Alert.Source, a.Alert.Rule, a.Alert.Title))
	}
	var kept []*model.RoomAlert
	n := 0
	for i, a := range out {
		if matches(a) {
			kept = append(kept, a)
			if i < open {
				n++
			}
		}
	}
	return kept, n
}

func alertID(a *model.RoomAlert) string { return a.ID }

func (g *AlertsPage) at(list []*model.RoomAlert) int { return shell.IndexOf(list, g.sel, alertID) }

// Move moves the selection down by n alerts.
func (g *AlertsPage) Move(n int) {
	list, _ := g.order()
	g.sel = shell.Moved(list, g.sel, n, alertID)
}

// Turn moves the selection by ten alerts per page, because an alert takes several rows.
func (g *AlertsPage) Turn(n int) { g.Move(10 * n) }

func (g *AlertsPage) selected() *model.RoomAlert {
	list, _ := g.order()
	if len(list) == 0 {
		return nil
	}
	return list[g.at(list)]
}

// Draw draws the page.
func (g *AlertsPage) Draw(s tcell.Screen, r draw.Rect) {
	full := r
	r = g.p.shell.DrawFrame(s, r, g.Title(g.title()))
	rows, from, to := g.rows(r.W)
	g.draw(s, r, rows, from, to)
	g.p.shell.DrawBottom(s, full)
}

func (g *AlertsPage) title() model.Safe {
	r := g.p.view.Room
	if r.Lobby {
		return r.LobbyLine(g.p.shell.Clock.Second())
	}
	n, _ := r.Unjudged()
	return model.Safef("Alerts: %d to triage of %d", n, len(r.Alerts))
}

// rows returns all rows of the page, and the range of those of the selected alert.
func (g *AlertsPage) rows(w int) (out []draw.Line, from, to int) {
	room, th := g.p.view.Room, g.p.shell.Theme
	list, open := g.order()
	if len(list) == 0 && g.Active() {
		return draw.Rows(th.Dim, model.Lit("no alerts match; Esc shows everything"), w), 0, 0
	}
	if len(list) == 0 {
		return draw.Rows(th.Dim,
			model.Safef("%s To add the findings of a tool: :ingest FILE here, or warroom ingest FILE in a shell",
				present.NoAlerts.Short), w), 0, 0
	}
	chosen := g.at(list)
	for i, al := range list {
		if i == open {
			out = append(out, nil, draw.L(draw.T(th.Dim, model.Lit("Done"))))
		}
		line := view.AlertRow(room, al, g.p.shell.Clock.Second(), th, w-1)
		if g.marked[al.ID] {
			line = append(draw.L(draw.T(th.Bold, model.Lit("*"))), line...)
		} else {
			line = append(draw.L(draw.T(th.Plain, model.Lit(" "))), line...)
		}
		if i != chosen {
			out = append(out, line.Clip(w))
			continue
		}
		from = len(out)
		out = append(out, draw.Reversed(line.Clip(w), w))
		for _, f := range present.AlertFacts(room, al, g.p.shell.Clock.Zone()) {
			out = append(out, draw.Indent(draw.Rows(th.Plain, f, w-6), 6)...)
		}
		to = len(out)
	}
	return out, from, to
}

// numbers returns the alerts that a command applies to: the marked ones, as "1,4-6", or
// the selected one.
func (g *AlertsPage) numbers() string {
	list, _ := g.order()
	var ns []int
	for _, al := range list {
		if g.marked[al.ID] {
			ns = append(ns, al.N)
		}
	}
	if len(ns) == 0 {
		return strconv.Itoa(list[g.at(list)].N)
	}
	slices.Sort(ns)
	var parts []string
	for i := 0; i < len(ns); {
		j := i
		for j+1 < len(ns) && ns[j+1] == ns[j]+1 {
			j++
		}
		part := strconv.Itoa(ns[i])
		if j > i {
			part += "-" + strconv.Itoa(ns[j])
		}
		parts, i = append(parts, part), j+1
	}
	return strings.Join(parts, ",")
}

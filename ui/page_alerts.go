package ui

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// alertsPage lists the alerts of a room, or of the lobby, with one selected: those
// with which something is left to do first, what is due soonest on top.
type alertsPage struct {
	a   *app
	sel string // id of the alert
	top int
	cut bool // there are more rows than fit

	marked map[string]bool // ids of alerts that a command is to be about
}

// shownDone is how many alerts are listed with which nothing is left to do.
const shownDone = 50

func (p *alertsPage) more() bool { return p.cut }

func (a *app) openAlerts() {
	a.over(&alertsPage{a: a, marked: map[string]bool{}}, func(o page) bool { _, ok := o.(*alertsPage); return ok })
}

func (p *alertsPage) scope() scope        { return inAlerts }
func (p *alertsPage) key(*tcell.EventKey) {}
func (p *alertsPage) paste(string)        {}

// order is the alerts as the page lists them, and how many of them are open.
func (p *alertsPage) order() (out []*model.RoomAlert, open int) {
	r := p.a.in.view.Room
	out = r.OpenAlerts()
	open = len(out)
	for i := len(r.Alerts) - 1; i >= 0 && len(out) < open+shownDone; i-- {
		if a := &r.Alerts[i]; !slices.Contains(out[:open], a) {
			out = append(out, a)
		}
	}
	return out, open
}

func (p *alertsPage) at(list []*model.RoomAlert) int {
	return max(0, slices.IndexFunc(list, func(a *model.RoomAlert) bool { return a.ID == p.sel }))
}

func (p *alertsPage) move(n int) {
	if list, _ := p.order(); len(list) > 0 {
		p.sel = list[max(0, min(p.at(list)+n, len(list)-1))].ID
	}
}

// turn moves by ten alerts: they are of several rows.
func (p *alertsPage) turn(n int) { p.move(10 * n) }

func (p *alertsPage) selected() *model.RoomAlert {
	list, _ := p.order()
	if len(list) == 0 {
		return nil
	}
	return list[p.at(list)]
}

func (p *alertsPage) draw(s tcell.Screen, r rect) {
	full := r
	r = p.a.frame(s, r, p.title())
	rows, from, to := p.rows(r.w)
	p.cut = len(rows) > r.h
	defer p.a.bottom(s, full)
	p.top = max(0, min(p.top, from-1, len(rows)-1))
	if to > p.top+r.h {
		p.top = min(to-r.h, from)
	}
	for i := range min(r.h, len(rows)-p.top) {
		draw.Put(s, r.x, r.y+i, r.w, rows[p.top+i].Clip(r.w))
	}
}

func (p *alertsPage) title() model.Safe {
	r := p.a.in.view.Room
	if r.Lobby {
		return r.LobbyLine(p.a.second())
	}
	n, _ := r.Unjudged()
	return model.Safef("Alerts: %d not judged of %d", n, len(r.Alerts))
}

// rows are all rows of the page, and from where to where the selected alert is.
func (p *alertsPage) rows(w int) (out []draw.Line, from, to int) {
	room, th := p.a.in.view.Room, p.a.th
	list, open := p.order()
	if len(list) == 0 {
		return wrapped(th.dim, model.Lit("no alert came in yet; warroom ingest FILE brings the findings of a tool, :ingest FILE does so from here"), w), 0, 0
	}
	chosen := p.at(list)
	for i, al := range list {
		if i == open {
			out = append(out, nil, draw.L(draw.T(th.dim, model.Lit("Nothing is left to do"))))
		}
		line := alertRow(room, al, p.a.second(), th, w-1)
		if p.marked[al.ID] {
			line = append(draw.L(draw.T(th.bold, model.Lit("*"))), line...)
		} else {
			line = append(draw.L(draw.T(th.plain, model.Lit(" "))), line...)
		}
		if i != chosen {
			out = append(out, line.Clip(w))
			continue
		}
		from = len(out)
		out = append(out, reversed(line.Clip(w), w))
		for _, f := range alertFacts(room, al, p.a.zone()) {
			out = append(out, indented(wrapped(th.plain, f, w-6), 6)...)
		}
		to = len(out)
	}
	return out, from, to
}

// numbers are the alerts that a command is about: those that are marked, as "1,4-6",
// else the selected one.
func (p *alertsPage) numbers() string {
	list, _ := p.order()
	var ns []int
	for _, al := range list {
		if p.marked[al.ID] {
			ns = append(ns, al.N)
		}
	}
	if len(ns) == 0 {
		return strconv.Itoa(list[p.at(list)].N)
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

// markAlert marks the selected alert, or takes its mark away, and goes to the next.
func (a *app) markAlert() {
	p, ok := a.top().(*alertsPage)
	if !ok {
		return
	}
	if al := p.selected(); al != nil {
		p.marked[al.ID] = !p.marked[al.ID]
		p.sel = al.ID
		p.move(1)
	}
}

// markAlerts marks all alerts with which something is left to do, or none.
func (a *app) markAlerts() {
	p, ok := a.top().(*alertsPage)
	if !ok {
		return
	}
	list, open := p.order()
	all := true
	for _, al := range list[:open] {
		all = all && p.marked[al.ID]
	}
	p.marked = map[string]bool{}
	for _, al := range list[:open] {
		p.marked[al.ID] = !all
	}
}

// alertAct begins a command about the marked alerts, or the selected one, in the
// composer.
func alertAct(form string) func(*app) {
	return func(a *app) {
		if p, ok := a.top().(*alertsPage); ok && p.selected() != nil {
			a.in.prefill(fmt.Sprintf(form, p.numbers()))
		}
	}
}

// declareAlert begins to declare a room for the selected alert, as it suggests.
func (a *app) declareAlert() {
	p, ok := a.top().(*alertsPage)
	if !ok || p.selected() == nil {
		return
	}
	al := p.selected()
	severity, _, _ := a.in.view.Room.SuggestedDeclaration(al)
	if severity != "" {
		severity += " "
	}
	a.in.prefill(fmt.Sprintf(":declare %d %s", al.N, severity))
	a.similar(al)
}

// similar names the open rooms that an alert may belong to, beside the loop.
func (a *app) similar(al *model.RoomAlert) {
	rooms, about := a.o.Rooms, *al
	a.jobs.start(func(ctx context.Context) func() {
		list, err := rooms.List(ctx)
		if err != nil {
			return func() {} // the link says why in the first row
		}
		line := model.SimilarLine(&about, model.SimilarRooms(&about.Alert, list))
		return func() {
			if !line.IsEmpty() {
				a.tell(line)
			}
		}
	})
}

func (a *app) noAlert() model.Safe {
	if p, ok := a.top().(*alertsPage); ok && p.selected() == nil {
		return model.Lit("there is no alert")
	}
	return model.Safe{}
}

func (a *app) notLobby() model.Safe {
	if why := a.noAlert(); !why.IsEmpty() {
		return why
	}
	if !a.in.view.Room.Lobby {
		return model.Lit("only alerts of the lobby are declared, attached and closed; this one is in a room already: Enter judges it")
	}
	return model.Safe{}
}

func alertKeys() []binding {
	return []binding{
		{in: inAlerts, on: letter('x'), key: model.Lit("x"), name: model.Lit("mark"), help: model.Lit("mark the alert: judge, attach and close are then about all that are marked, with one reason"), do: (*app).markAlert, not: (*app).noAlert, first: true},
		{in: inAlerts, on: letter('*'), key: model.Lit("*"), help: model.Lit("mark all alerts with which something is left to do, or none"), do: (*app).markAlerts, not: (*app).noAlert},
		{in: inAlerts, on: k(tcell.KeyEnter), key: model.Lit("Enter"), name: model.Lit("judge"), help: model.Lit("begin to say what the alert is: true or false positive, benign, inconclusive"), do: alertAct(":judge %s "), not: (*app).noAlert, first: true},
		{in: inAlerts, on: letter('d'), key: model.Lit("d"), name: model.Lit("declare"), help: model.Lit("in the lobby: begin to declare a room for the alert, as it suggests"), do: (*app).declareAlert, not: (*app).notLobby, first: true, when: (*app).inLobby},
		{in: inAlerts, on: letter('a'), key: model.Lit("a"), name: model.Lit("attach"), help: model.Lit("in the lobby: begin to attach the alert to a room"), do: alertAct(":attach %s inc-"), not: (*app).notLobby, first: true, when: (*app).inLobby},
		{in: inAlerts, on: letter('c'), key: model.Lit("c"), name: model.Lit("close"), help: model.Lit("in the lobby: begin to close an alert that was judged; it asks for a reason"), do: alertAct(":close %s "), not: (*app).notLobby, first: true, when: (*app).inLobby},
	}
}

// inLobby says whether alerts are shown that belong to no room yet.
func (a *app) inLobby() bool { return a.in != nil && a.in.view.Room.Lobby }

// toLobby leaves for the lobby.
func (a *app) toLobby() {
	if a.inLobby() {
		a.openAlerts()
		return
	}
	a.tell(model.Lit("opening the lobby ..."))
	a.enter(model.LobbyShort, "")
}

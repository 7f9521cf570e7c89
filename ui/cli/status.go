package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"warroom/model"
)

// roomsCmd lists the rooms.
func (a *app) roomsCmd() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "rooms",
		Short: "List the rooms of this hub",
		Args:  exactly(0, "rooms"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), "cli", func(ctx context.Context, h Hub) error {
				list, err := h.List(ctx)
				if err != nil {
					return err
				}
				if l := h.Link(); l.State == model.Offline {
					a.tell(model.Safef("the hub does not answer (%s); these are the copies on this machine", l.Trouble))
				}
				a.tellLobby(ctx, h)
				if asJSON {
					return a.sayJSON(roomList(list))
				}
				return a.sayRooms(list)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// tellLobby says how many alerts wait, where some do.
func (a *app) tellLobby(ctx context.Context, h Hub) {
	l, ok := h.(model.Lobby)
	if !ok {
		return
	}
	r, err := l.LobbyRoom(ctx)
	switch {
	case err != nil:
		a.tell(model.Safef("the lobby could not be read: %s", model.Sentence(err)))
	case r != nil && len(r.OpenAlerts()) > 0:
		a.tell(model.Safef("%s; warroom status lobby lists them", r.LobbyLine(a.Clock.Now())))
	}
}

func (a *app) sayRooms(list []model.RoomInfo) error {
	if len(list) == 0 {
		a.tell(model.Lit("there is no room yet; warroom declare makes one"))
		return nil
	}
	for _, i := range list {
		r := i.Room
		s := model.Safef("%-8s %-6s %-8s %-12s %s  %s", i.Short, r.Severity, string(r.Status), r.Phase, r.DeclaredAt.In(a.zone()).Format("2006-01-02 15:04Z07:00"), r.Title)
		if r.Drill {
			s = model.Safef("%s  DRILL", s)
		}
		if i.Restricted || r.IsRestricted() {
			s = model.Safef("%s  RESTRICTED", s)
		}
		if err := a.say(s); err != nil {
			return err
		}
	}
	return nil
}

// Those who are in a room are asked to say so: hereWait is how long the first
// of them may take, and hereMore how long the others may after that.
const (
	hereWait = 500 * time.Millisecond
	hereMore = 60 * time.Millisecond
)

// withPeople returns the view of a room with who is there.
func (a *app) withPeople(ctx context.Context, s model.Seat) (*model.View, error) {
	wait, cancel := context.WithTimeout(ctx, hereWait)
	defer cancel()
	for len(s.Latest().Here) == 0 {
		select {
		case <-s.Bell():
		case <-wait.Done():
			return s.Latest(), ctx.Err()
		}
	}
	if err := a.pause(ctx, hereMore); err != nil {
		return nil, err
	}
	return s.Latest(), nil
}

// statusCmd says how a room stands.
func (a *app) statusCmd() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "status ROOM",
		Short: "Say how a room stands",
		Args:  exactly(1, "status ROOM"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withSeat(cmd.Context(), args[0], func(ctx context.Context, s model.Seat) error {
				v, err := a.withPeople(ctx, s)
				if err != nil {
					return err
				}
				if asJSON {
					return a.sayJSON(statusOf(v, a.hubNow(v)))
				}
				for _, l := range statusLines(v, a.hubNow(v), a.zone()) {
					if err := a.say(l); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// statusLines is the plain face of the room's panes.
func statusLines(v *model.View, now time.Time, zone *time.Location) []model.Safe {
	r := v.Room
	if r.Lobby {
		return lobbyLines(v, now)
	}
	out := []model.Safe{
		model.Safef("%s  %s  %s  %s", v.Short, r.Severity, strings.ToUpper(r.Phase), r.Title),
		model.Safef("status %s, declared %s by %s, %s", string(r.Status), r.DeclaredAt.In(zone).Format("2006-01-02 15:04:05 -07:00"), r.DeclaredBy, ageWords(r, now)),
	}
	if r.Drill {
		out = append(out, model.Lit("this is a DRILL"))
	}
	if r.IsRestricted() {
		out = append(out, restrictedLine(r))
	}
	out = append(out, channelLines(r)...)
	if r.Plan == nil {
		return append(out, model.Lit("the room has no plan yet"))
	}
	out = append(out, model.Lit("Clocks:"))
	out = append(out, clockStatus(r, now, zone)...)
	out = append(out, model.Lit("Roles:"))
	for _, d := range r.Plan.Roles {
		out = append(out, roleLine(r, d, now))
	}
	if h := r.KindHint(); !h.IsEmpty() {
		out = append(out, h)
	}
	for _, p := range r.Plan.Phases {
		done, all := r.Progress(p.ID)
		if all == 0 {
			continue
		}
		out = append(out, model.Safef("%s %d/%d:", p.Label, done, all))
		for i := range r.Items {
			if it := &r.Items[i]; it.Phase == p.ID {
				out = append(out, itemLine(r, it))
			}
		}
	}
	out = append(out, peopleLines(v, now)...)
	out = append(out, bridgeLines(v, now, zone)...)
	out = append(out, historyLines(r, zone)...)
	for _, m := range r.Measures() {
		out = append(out, model.Safef("%s: %s", m.Name, model.Span(m.Took)))
	}
	out = append(out, alertLines(r, now)...)
	for _, f := range r.Followups {
		out = append(out, model.Safef("follow-up %d: %s, owner %s, due %s", f.N, f.Title, dash(f.Owner), dash(f.Due)))
		for _, t := range f.Tickets {
			out = append(out, model.Safef("  ticket %s", t))
		}
	}
	return append(out, model.Safef("%d entries, %d of them in the words of people, state %s", r.Seq, r.Entries, r.StateHash()))
}

// historyLines are what was assessed, who was told, and each resolution and
// reopening.
func historyLines(r *model.Room, zone *time.Location) []model.Safe {
	var out []model.Safe
	if q := r.Exposure; q != nil {
		out = append(out, exposureLine(q, zone))
	}
	for _, c := range r.Contradictions() {
		out = append(out, model.Safef("Contradiction: %s", c.Words(zoned(zone))))
	}
	for _, n := range r.Notices {
		out = append(out, model.Safef("told: %s, %s", n.Who, model.BothTimes(n.At, n.RecordedAt, n.By, zoned(zone))))
	}
	if len(r.States) < 2 {
		return out
	}
	for _, s := range r.States {
		out = append(out, model.Safef("%s: %s by %s", string(s.Status), model.BothTimes(s.At, s.From, s.By, zoned(zone)), s.By))
	}
	return out
}

// ageWords are how old the incident is. One that ended grows no older.
func ageWords(r *model.Room, now time.Time) model.Safe {
	life := r.Lifetime()
	if life.Until.IsZero() {
		return model.Safef("age %s", model.Span(life.Age(now)))
	}
	return life.Words(now)
}

// exposureLine is what is known of an exposure.
func exposureLine(x *model.Exposure, zone *time.Location) model.Safe {
	s := model.Safef("Exposure: %s, by %s", x.Level, x.By)
	if x.Subjects != "" {
		s = model.Safef("%s, %s people", s, x.Subjects)
	}
	if len(x.Regimes) > 0 {
		s = model.Safef("%s, %s", s, strings.ToUpper(strings.Join(x.Regimes, ", ")))
	}
	if len(x.Categories) > 0 {
		s = model.Safef("%s, data: %s", s, strings.Join(x.Categories, ", "))
	}
	if !x.Aware.IsZero() && x.Level != model.ExposureNone {
		s = model.Safef("%s, aware since %s", s, zoned(zone)(x.Aware))
	}
	if x.Why != "" {
		s = model.Safef("%s: %s", s, model.CleanLine(x.Why))
	}
	return s
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// clockLine says how a clock stands, in words.
func clockLine(c model.ClockView) model.Safe {
	s := model.Safef("  %s: %s", c.Def.Label, clockWords(c))
	if c.Def.Law {
		s = model.Safef("%s (law)", s)
	}
	return s
}

func clockWords(c model.ClockView) model.Safe {
	switch c.State {
	case model.ClockOverdue:
		return model.Safef("OVERDUE by %s, from %s", model.Span(c.Remaining), c.Start)
	case model.ClockNotStarted:
		return c.Waits()
	case model.ClockMet:
		return model.Safef("met")
	case model.ClockMissed:
		return model.Safef("missed by %s", model.Span(c.Remaining))
	case model.ClockWaived:
		return model.Safef("waived: %s", c.Run.Waived)
	case model.ClockSnoozed:
		return model.Safef("snoozed, due in %s: %s", model.Span(c.Remaining), c.Run.Why)
	}
	if c.Def.AtLeast > 0 {
		return model.Safef("%s left, from %s", model.Span(c.Remaining), c.Start)
	}
	return model.Safef("due in %s, from %s", model.Span(c.Remaining), c.Start)
}

func roleLine(r *model.Room, d model.RoleDef, now time.Time) model.Safe {
	var who []model.Safe
	for _, h := range r.Roles {
		if h.Role == d.ID && h.Until.IsZero() {
			words := h.Who()
			if waits := r.Awaits(h); !waits.IsEmpty() {
				words = model.Safef("%s (%s)", words, waits)
			}
			who = append(who, words)
		}
	}
	if len(who) > 0 {
		return model.Safef("  %s: %s", d.Label, model.JoinSafe(model.Lit("; "), who...))
	}
	if d.Mandatory {
		return model.Safef("  %s: NEEDED, nobody for %s", d.Label, model.Span(now.Sub(r.VacantSince(d.ID))))
	}
	return model.Safef("  %s: -", d.Label)
}

// itemLine is one line of the checklist.
func itemLine(r *model.Room, it *model.Item) model.Safe {
	mark := map[model.ItemState]string{model.ItemDone: "x", model.ItemDoing: ">", model.ItemSkipped: "-", model.ItemBlocked: "!", model.ItemTodo: " "}[it.State]
	why := r.NotNeeded(it)
	if !why.IsEmpty() && it.State != model.ItemDone {
		mark = "-"
	}
	s := model.Safef("  [%s] %2d %s", mark, it.N, it.Text)
	if r.Asked(it) {
		s = model.Safef("%s (%s?)", s, conditionOf(r, it))
	}
	if g := r.Gate(it); it.State != model.ItemDone && !r.Asked(it) && !g.IsEmpty() {
		s = model.Safef("%s; locked: %s", s, g)
	}
	if why := r.StaleWhy(it); !why.IsEmpty() {
		s = model.Safef("%s; STALE: %s", s, why)
	}
	if it.Override != "" {
		s = model.Safef("%s; OVERRIDE: %s", s, it.Override)
	}
	d := r.Def(it)
	if g := r.Plan.Group(d.Group); g != nil && it.State != model.ItemDone && why.IsEmpty() {
		s = model.Safef("%s; %s", s, g.Text)
	}
	if d.OnlyRole {
		s = model.Safef("%s; only the %s", s, d.Role)
	}
	for _, more := range []string{it.Owner, it.Reason, why.String()} {
		if more != "" {
			s = model.Safef("%s; %s", s, more)
		}
	}
	return s
}

func conditionOf(r *model.Room, it *model.Item) string {
	if c := r.Plan.Condition(r.Def(it).If); c != nil {
		return c.Text
	}
	return r.Def(it).If
}

// versionCmd says what program this is.
func (a *app) versionCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say what program this is",
		Args:  exactly(0, "version"),
		RunE: func(*cobra.Command, []string) error {
			for _, l := range versionLines() {
				if err := a.say(l); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// stamp is the time of a line in the plain face.
func stamp(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("2006-01-02 15:04:05Z07:00")
}

// entryLine is one line of the timeline in the plain face.
func entryLine(r *model.Room, l *model.Line, zone *time.Location) model.Safe {
	mark := " "
	if l.Backdated() {
		mark = "<"
	}
	text := model.CleanLine(r.Text(l).String())
	s := model.Safef("%s%s %4d %-8s %-10s %s", stamp(l.At, zone), mark, l.Seq, l.By, fmt.Sprint(l.Word()), text)
	if d := r.Redaction(l.Seq); d != nil {
		s = model.Safef("%s  (redacted by %s: %s)", s, d.By, model.CleanLine(d.Reason))
	}
	m := r.Marks[l.Seq]
	switch {
	case !l.Refused.IsEmpty():
		s = model.Safef("%s  (NO EFFECT: %s)", s, l.Refused)
	case m.Retracted != "":
		s = model.Safef("%s  (retracted by %s: %s)", s, m.By, m.Retracted)
	case len(m.Amended) > 0:
		s = model.Safef("%s  (amended)", s)
	case len(m.Corrected) > 0:
		s = model.Safef("%s  (its time was corrected to %s)", s, stamp(r.When(l), zone))
	}
	return s
}

package cli

import (
	"bufio"
	"context"
	"io"
	"strings"
	"time"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/secretscan"
	"warroom/ui/lineterm"
	"warroom/ui/present"
	"warroom/ui/state"
)

// plainRoom is a room in plain mode.
type plainRoom struct {
	*app
	wall bool // no input is read

	h         backend.Hub
	s         model.RoomSession
	pager     *pager // nil: the output is not for a terminal
	unclear   string // a line that may not be meant as a note, until Enter confirms it
	pastes    []*plainPaste
	guestName string       // handle of a guest over SSH
	refused   []model.Safe // the refused lines with the reasons, newest last
}

// open shows a room in plain mode, one line per message, for terminals without a full
// screen and for screen readers. It prints new entries, and runs typed lines like the
// composer.
func (a *plainRoom) open(ctx context.Context, h backend.Hub, short string) error {
	a.wrapOutput()
	if short == "" {
		list, more, err := h.Recent(ctx, closedShown)
		if err != nil {
			return err
		}
		reportLobby(ctx, a.app, h)
		open := openRooms(list)
		switch len(open) {
		case 0:
			return a.printChoice(list, more,
				model.Safef("%s; read one with warroom --plain open ROOM", present.NoOpenRoom.Full))
		case 1:
		default:
			return a.printChoice(list, more,
				model.Lit("several rooms are open; choose one with warroom --plain open ROOM"))
		}
		short = open[0].Short
	}
	s, err := openSession(ctx, h, short)
	if err != nil {
		return err
	}
	defer s.Close()
	a.h, a.s = h, s
	v := s.Latest()
	if err := a.printAll(a.summaryOf(v)); err != nil {
		return err
	}
	if a.wall {
		return a.converse(ctx, v, nil)
	}
	visits := a.visits()
	defer visits.Close()
	if l := newSinceVisit(visits, v, s.Who().Handle, a.hubNow(v).In(a.zone())); !l.IsEmpty() {
		a.printErr(l)
	}
	defer func() { visits.SaveSeen(v.Room.ID, state.Seen{Seq: s.Latest().Room.Seq, At: a.Clock.Now()}) }()
	a.printErr(model.Lit(":clocks :checklist :people :alerts :scope :history :log list the rest"))
	a.printErr(model.Lit("type a line and press Enter: plain text is a note, :help lists the commands, :quit leaves"))
	return a.converse(ctx, v, a.readLines(ctx))
}

// printChoice lists the rooms, and then how to open one.
func (a *plainRoom) printChoice(list []model.RoomInfo, more int, how model.Safe) error {
	if err := printRooms(a.app, list, more, roomFilter{}); err != nil || len(list)+more == 0 {
		return err
	}
	a.printErr(how)
	return nil
}

// wrapOutput makes the output fit the terminal, if it is one.
func (a *plainRoom) wrapOutput() {
	if a.Size == nil || a.pager != nil {
		return
	}
	a.pager = wrapping(a.Stdout, a.Size)
	a.Stdout, a.Stderr = a.pager, wrapping(a.Stderr, a.Size) // messages are not held back
}

// summaryOf returns the state of the room in short.
func (a *plainRoom) summaryOf(v *model.View) []model.Safe {
	return present.Summary(v, a.s.Who().Handle, a.hubNow(v), a.zone())
}

// readLines returns a channel of the typed lines and pastes. It is closed at the end of stdin.
func (a *plainRoom) readLines(ctx context.Context) <-chan lineterm.Input {
	lines := make(chan lineterm.Input)
	if t, ok := a.Stdin.(*lineterm.Terminal); ok {
		t.Remember(a.sentForm)
	}
	next := lineReader(a.Stdin)
	go func() {
		defer close(lines)
		for {
			in, err := next()
			if err != nil {
				return
			}
			select {
			case lines <- in:
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

// sentForm returns a line as it is sent: secrets are masked, unless the user insists.
func (a *plainRoom) sentForm(line string) string {
	if !secretscan.Insists(line) {
		line, _ = secretscan.Replace(a.s.Latest().Room, line)
	}
	return line
}

// forgetLines empties the history of typed lines after a redaction, which may be of one of
// them. before is the number of redactions that were known.
func (a *plainRoom) forgetLines(r *model.Room, before int) int {
	if t, ok := a.Stdin.(*lineterm.Terminal); ok && len(r.Redactions) > before {
		t.Forget()
	}
	return len(r.Redactions)
}

// lineReader returns a function that returns the next line of stdin or, of a terminal, a paste.
func lineReader(stdin io.Reader) func() (lineterm.Input, error) {
	if t, ok := stdin.(*lineterm.Terminal); ok {
		return t.Next
	}
	r := bufio.NewReaderSize(stdin, 64<<10)
	return func() (lineterm.Input, error) {
		line, err := r.ReadString('\n')
		if line != "" {
			err = nil // the next call returns it
		}
		return lineterm.Input{Text: trimLine(line)}, err
	}
}

// converse prints what is newer than a view that was printed, and runs the lines until they
// end. If lines is nil, there is no input.
func (a *plainRoom) converse(ctx context.Context, v *model.View, lines <-chan lineterm.Input) error {
	me := a.s.Who().Handle
	seen := v.Room.Seq
	held, redacted := heldBy(v.Room, me), len(v.Room.Redactions)
	notices := newPlainNotices(v, me, a.hubNow(v))
	second := time.NewTicker(time.Second) // a clock may run out without a new entry
	defer second.Stop()
	defer a.dropPastes()
	for {
		v := a.s.Latest()
		if !v.Over.IsEmpty() {
			return &model.Error{Code: model.Forbidden, Message: v.Over}
		}
		redacted = a.forgetLines(v.Room, redacted)
		for _, l := range v.Room.Lines() {
			if l.Seq <= seen {
				continue
			}
			seen = l.Seq
			if err := a.print(present.ShortEntry(v.Room, l, a.hubNow(v), a.zone())); err != nil {
				return err
			}
		}
		held = a.printLostRoles(v.Room, me, held)
		for _, n := range notices.since(v, a.hubNow(v), a.zone()) {
			a.beep()
			a.printErr(n)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-a.s.Changed():
		case <-second.C:
		case in, ok := <-lines:
			if !ok {
				return nil
			}
			err := a.input(ctx, in)
			if err == io.EOF {
				return nil
			}
			a.refuse(in.Text, err)
		}
	}
}

// input takes a typed line or a paste. It returns io.EOF when the user leaves.
func (a *plainRoom) input(ctx context.Context, in lineterm.Input) error {
	switch {
	case in.Pasted:
		a.unclear = ""
		return a.pasted(in.Text)
	case len(a.pastes) > 0:
		return a.answerPaste(ctx, in.Text)
	}
	return a.typed(ctx, in.Text)
}

// typed runs one typed line, or shows the next page for an empty one. It returns io.EOF
// when the user leaves.
func (a *plainRoom) typed(ctx context.Context, line string) error {
	line, n := model.ValidText(line)
	if n > 0 {
		a.printErr(notUTF8(n))
	}
	confirmed := line == "" && a.unclear != ""
	if confirmed {
		line = a.unclear
	}
	a.unclear = ""
	switch {
	case line != "":
	case a.pager != nil:
		return a.pager.next()
	default:
		return nil
	}
	if a.pager == nil {
		return a.run(ctx, line, confirmed)
	}
	a.pager.begin()
	err := a.run(ctx, line, confirmed)
	if perr := a.pager.end(); err == nil {
		err = perr
	}
	return err
}

// run runs a command of this program, or sends the line to the room. confirmed is set for a
// note that looks like a command.
func (a *plainRoom) run(ctx context.Context, line string, confirmed bool) error {
	v := a.s.Latest()
	if name, rest, _ := strings.Cut(line, " "); strings.HasPrefix(name, ":") {
		c := plainCommandNamed(strings.ToLower(name[1:]))
		if c != nil && c.name == "declare" && v.Room.Lobby {
			c = nil // in the lobby it makes a room of an alert
		}
		if c != nil && (rest == "" || c.args) {
			return c.do(a, ctx, strings.TrimSpace(rest))
		}
	}
	if e, ok, err := model.ParseExport(line); ok {
		if err != nil {
			return err
		}
		return exports{a.app}.typed(ctx, a.h, v.Short, e)
	}
	if meant := model.NearMiss(line); meant != "" && !strings.HasPrefix(meant, "Ctrl-") && !confirmed && a.Terminal {
		a.unclear = line
		a.printErr(present.DidYouMean(meant).Full)
		return nil
	}
	reportSimilar(ctx, a.app, a.h, v.Room, line)
	if !secretscan.Insists(line) {
		line = a.guarded(v.Room, line, model.Lit(":insist LINE"))
	}
	return a.act(ctx, a.s, line, nil)
}

func trimLine(s string) string {
	for len(s) > 0 && (s[len(s)-1] == '\n' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	return s
}

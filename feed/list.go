package feed

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hubapi"
	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/feed/roomindex"
	"warroom/feed/subjects"
	"warroom/feed/writer"
	"warroom/model"
)

// shorts returns the short ids of all rooms, the newest first.
func (c *client) shorts(ctx context.Context) ([]string, error) {
	if c.conn.ByHub.Load() {
		return newestFirst(c.askRooms(ctx))
	}
	var out []string
	err := jetlog.AskUntilAnswered(ctx, func() (err error) {
		out, err = c.streamNames(ctx)
		return err
	})
	if err != nil {
		return nil, c.env.Unreachable(err)
	}
	return newestFirst(out, nil)
}

// streamNames requests the names of all rooms from JetStream once. It returns [jetlog.ErrSilence] if
// no answer arrived in time.
func (c *client) streamNames(ctx context.Context) (out []string, err error) {
	ctx, cancel := c.conn.Asking(ctx, jetlog.DefaultTimeout, "$JS.API.STREAM.NAMES")
	defer cancel()
	l := c.conn.JS.StreamNames(ctx, jetstream.WithStreamListSubject(subjects.AnyLog))
	for n := range l.Name() {
		if s, ok := strings.CutPrefix(n, subjects.StreamRoot); ok && subjects.CheckShort(s) == nil {
			out = append(out, s)
		}
	}
	if err := l.Err(); err != nil && !errors.Is(err, jetstream.ErrEndOfData) {
		return nil, jetlog.AnswerError(ctx, err)
	}
	return out, nil
}

// newestFirst sorts short ids by falling number and passes err on.
func newestFirst(out []string, err error) ([]string, error) {
	slices.SortFunc(out, roomindex.Newest)
	return out, err
}

// List returns the rooms of this hub that this person may see, the newest first. If the
// hub cannot be reached, it lists the replicas in this data directory, if there are any.
func (f *Feed) List(ctx context.Context) ([]model.RoomInfo, error) {
	out, _, err := f.Recent(ctx, -1)
	return out, err
}

// Recent returns the rooms of this hub that are not closed and the newest of those that
// are, the newest first, and how many closed ones it leaves out.
func (f *Feed) Recent(ctx context.Context, closed int) (out []model.RoomInfo, more int, err error) {
	rows, more, err := rowsFor(ctx, f.client, f.identity, closed)
	if model.CodeOf(err) == model.Unreachable {
		if out := listOffline(ctx, f); len(out) > 0 {
			return out, 0, nil
		}
	}
	if err != nil {
		return nil, 0, err
	}
	out = make([]model.RoomInfo, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.Info())
	}
	return out, more, nil
}

// rowsFor returns the rows of the rooms that somebody of this process may know of, as
// [roomindex.Recent] does.
func rowsFor(ctx context.Context, c *client, p *keyring.Identity, closed int) (rows []*roomindex.Row, more int,
	err error) {
	may := func(r *roomindex.Row) bool { return c.access.CheckAccess(p, r.Room, r.Short) == nil }
	if s := c.hubService.Load(); s != nil && s.index != nil {
		if err = s.index.Settled(ctx); err != nil {
			return nil, 0, err
		}
		if !c.access.NeedsAccessCheck(p) {
			may = nil
		}
		rows, more = s.index.Rows.Recent(closed, may)
		return rows, more, nil
	}
	rows, more, err = askRows(ctx, c, closed)
	if errors.Is(err, errNoRows) {
		rows, err = foldRows(ctx, c)
	}
	if err != nil {
		return nil, 0, err
	}
	rows, left := roomindex.Recent(rows, closed, may)
	return rows, more + left, nil
}

// errNoRows means that no hub answers with rows: there is none on this server, or it is
// older than this program, or still makes them.
var errNoRows = errors.New("no hub answers with the list of rooms")

// askRows asks the hub for rows.
func askRows(ctx context.Context, c *client, closed int) (out []*roomindex.Row, more int, err error) {
	ask := roomindex.Ask{Closed: closed}
	for {
		raw, err := json.Marshal(ask)
		if err != nil {
			return nil, 0, err
		}
		a, err := askForRows(ctx, c, raw)
		if err != nil {
			return nil, 0, err
		}
		rows, err := roomindex.Read(a.Block)
		if err != nil {
			return nil, 0, errNoRows
		}
		for _, r := range rows {
			if subjects.CheckShort(r.Short) == nil {
				out = append(out, r)
			}
		}
		more = a.More
		if a.Next == "" || a.Next == ask.From {
			return out, more, nil
		}
		ask.From = a.Next
	}
}

// askForRows puts one question for rows. Where the hub does not know it, the error is
// errNoRows.
func askForRows(ctx context.Context, c *client, ask []byte) (a hubAnswer, err error) {
	if c.conn.ByHub.Load() {
		ctx, cancel := context.WithTimeout(ctx, writer.JoinTimeout)
		defer cancel()
		if a, err = c.askHub(ctx, hubapi.VerbList, ask); err == nil && a.Block == nil {
			err = errNoRows
		}
		return a, err
	}
	subject := hubapi.Ask(hubapi.VerbIndex, c.o.caller())
	ctx, cancel := c.conn.Asking(ctx, roomindex.Timeout, subject)
	defer cancel()
	m, err := c.conn.NC.RequestWithContext(ctx, subject, ask)
	if err != nil || json.Unmarshal(m.Data, &a) != nil {
		return a, errNoRows
	}
	return a, a.Err()
}

// foldRows makes the rows in this process, from the logs.
func foldRows(ctx context.Context, c *client) (out []*roomindex.Row, err error) {
	names, err := c.shorts(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range names {
		if s == model.LobbyShort {
			continue // it is not an incident; see LobbyRoom
		}
		r, err := c.rooms.Glance(ctx, s)
		switch model.CodeOf(err) {
		case "":
			out = append(out, &roomindex.Row{Short: s, Tip: r.Seq, Room: r.Summary()})
		case model.Conflict: // held, and the hub has nothing of it
			if r := c.rooms.GlanceOffline(ctx, s); r != nil {
				out = append(out, &roomindex.Row{Short: s, Tip: r.Seq, Room: r.Summary()})
			}
		case model.NotFound: // being declared, or deleted meanwhile
		case model.Forbidden: // the server hides it from this login
		case model.Invalid: // its first message is crafted, see replica.Env.First
		default:
			return nil, err
		}
	}
	return out, nil
}

package sshd_test

import (
	"context"
	"errors"
	"io"
	"reflect"
	"slices"
	"testing"

	"warroom/model"
	"warroom/model/bundle"
	"warroom/ui/sshd"
)

// probeHub records which of its methods were called.
type probeHub struct{ reached []string }

var errReached = errors.New("reached")

func (h *probeHub) note(name string) error { h.reached = append(h.reached, name); return errReached }

func (h *probeHub) List(context.Context) ([]model.RoomInfo, error) {
	return []model.RoomInfo{{Short: "inc-1"}, {Short: "inc-2"}, {Short: model.LobbyShort}}, nil
}

func (h *probeHub) Recent(ctx context.Context, _ int) ([]model.RoomInfo, int, error) {
	rooms, err := h.List(ctx)
	return rooms, 7, err
}

func (h *probeHub) Declare(context.Context, model.Declaration) (string, error) {
	return "", h.note("Declare")
}

func (h *probeHub) Enter(context.Context, string) (model.RoomSession, error) {
	return nil, h.note("Enter")
}

func (h *probeHub) Events(context.Context, string, uint64, func(*model.Event) error) error {
	return h.note("Events")
}

func (h *probeHub) Follow(context.Context, string, uint64, func(*model.Event) error) error {
	return h.note("Follow")
}
func (h *probeHub) Link() model.Link                               { return model.Link{} }
func (h *probeHub) OpenLobby(context.Context, *model.Plan) error   { return h.note("OpenLobby") }
func (h *probeHub) LobbyRoom(context.Context) (*model.Room, error) { return nil, h.note("LobbyRoom") }
func (h *probeHub) Who() model.Actor                               { return model.Actor{Handle: "cy"} }
func (h *probeHub) At(string) func()                               { _ = h.note("At"); return func() {} }
func (h *probeHub) Close() error                                   { return h.note("Close") }
func (h *probeHub) ExportBare(context.Context, string, string, io.Writer) error {
	return h.note("ExportBare")
}

func (h *probeHub) StoreRaw(context.Context, model.Collection, io.Reader) error {
	h.note("StoreRaw")
	return nil
}

func (h *probeHub) Collect(context.Context, string, model.Collection, io.Reader, func(int64)) (model.EvidenceItem,
	error) {
	return model.EvidenceItem{}, h.note("Collect")
}

func (h *probeHub) Fetch(context.Context, string, int, string, io.Writer, func(int64)) (model.EvidenceItem, error) {
	return model.EvidenceItem{}, h.note("Fetch")
}

func (h *probeHub) Record(context.Context, string) (bundle.Evidence, error) {
	return bundle.Evidence{}, h.note("Record")
}

func (h *probeHub) ExportSubset(context.Context, string, string, *model.Profile, io.Writer) error {
	return h.note("ExportSubset")
}

func (h *probeHub) ExportEntry(context.Context, string, string, uint64, io.Writer) error {
	return h.note("ExportEntry")
}

func (h *probeHub) RecordExport(context.Context, string, *model.ExportMade, uint64) error {
	return h.note("RecordExport")
}

// Secret stands for the methods of a hub that no guest may call.
func (h *probeHub) Secret() {}

// guestMethod is how a method of a hub is available to guests.
type guestMethod int

const (
	ofRoom   guestMethod = iota // about one room: only for the rooms of the login
	ofAll                       // about no room: only for logins for all rooms
	ofWriter                    // as ofAll, but not for those who may only watch
	filtered                    // returns only the rooms of the login
	open                        // concerns no room and reveals nothing of one
	nothing                     // is not forwarded
)

// methodsOfGuests has a row for every method that a guest can call.
var methodsOfGuests = map[string]guestMethod{
	"List": filtered, "Recent": filtered, "Declare": ofWriter, "Enter": ofRoom, "Events": ofRoom, "Follow": ofRoom,
	"Link": open, "OpenLobby": ofWriter, "LobbyRoom": ofAll, "StoreRaw": ofWriter, "Collect": ofRoom, "Fetch": ofRoom,
	"Record": ofRoom, "ExportBare": ofRoom, "ExportSubset": ofRoom, "ExportEntry": ofRoom, "RecordExport": ofRoom,
	"Who": open, "At": nothing, "Close": nothing,
}

// methodsOfRoomSessions has every method of a room session that a guest can call: all of
// them concern the session's room.
var methodsOfRoomSessions = []string{"Append", "Changed", "Close", "Dismiss", "Here", "IntegrityWarning", "Latest",
	"Submit", "Who"}

func names(t reflect.Type) (out []string) {
	for m := range t.Methods() {
		out = append(out, m.Name)
	}
	return out
}

// TestGuestsReachNothingUnchecked: a method that is added for guests needs its own check
// and a row here.
func TestGuestsReachNothingUnchecked(t *testing.T) {
	for _, typ := range []reflect.Type{sshd.HubType, sshd.RestrictedHubType} {
		for _, n := range names(typ) {
			if _, ok := methodsOfGuests[n]; !ok {
				t.Errorf("%s has the new method %s: write it out in restricted.go, denying what the login may not, "+
					"and add its row to methodsOfGuests", typ, n)
			}
		}
		for n := range methodsOfGuests {
			if !slices.Contains(names(typ), n) {
				t.Errorf("%s lacks %s, which methodsOfGuests has", typ, n)
			}
		}
	}
	for _, typ := range []reflect.Type{sshd.RoomSessionType, sshd.RestrictedRoomSessionType} {
		if got := names(typ); !slices.Equal(got, methodsOfRoomSessions) {
			t.Errorf("methods of %s: got %v, want %v: write each out in restricted_session.go and add it here", typ,
				got, methodsOfRoomSessions)
		}
	}
	for _, typ := range []reflect.Type{sshd.RestrictedHubType.Elem(), sshd.RestrictedRoomSessionType.Elem()} {
		for i := range typ.NumField() {
			if f := typ.Field(i); f.Anonymous {
				t.Errorf("%s embeds %s, whose methods reach guests unchecked", typ, f.Name)
			}
		}
	}
}

// TestMethodsOfGuests calls each method with several logins.
func TestMethodsOfGuests(t *testing.T) {
	for _, c := range []struct {
		who   sshd.Who
		reach func(kind guestMethod, room string) bool
	}{
		{sshd.Who{Handle: "ana", Right: model.Command}, func(k guestMethod, _ string) bool { return k != nothing }},
		{sshd.Who{Handle: "bo", Right: model.Write}, func(k guestMethod, _ string) bool { return k != nothing }},
		{sshd.Who{Handle: "wim", Right: model.Watch},
			func(k guestMethod, _ string) bool { return k == ofRoom || k == ofAll }},
		{sshd.Who{Handle: "cy", Right: model.Command, Rooms: []string{"inc-1"}},
			func(k guestMethod, room string) bool { return k == ofRoom && room == "inc-1" }},
		{sshd.Who{Handle: "dan", Right: model.Watch, Rooms: []string{"inc-1"}},
			func(k guestMethod, room string) bool { return k == ofRoom && room == "inc-1" }},
		{sshd.Who{Handle: "eve", Right: model.Command, Rooms: []string{}},
			func(guestMethod, string) bool { return false }},
	} {
		for name, kind := range methodsOfGuests {
			if kind == filtered || kind == open {
				continue
			}
			for _, room := range []string{"inc-1", "inc-2", "INC-1", "inc-1 ", "inc-01", "lobby", "", "../inc-1",
				"inc-1\x00", "*", ">"} {
				h := &probeHub{}
				call(sshd.Restrict(h, c.who), name, room)
				if got, want := slices.Contains(h.reached, name), c.reach(kind, room); got != want {
					t.Errorf("%s (%s, rooms %q) calls %s of %q: reached %v, want %v", c.who.Handle, c.who.Right,
						c.who.Rooms, name, room, got, want)
				}
			}
		}
		list, err := sshd.Restrict(&probeHub{}, c.who).List(context.Background())
		var got []string
		for _, i := range list {
			got = append(got, i.Short)
		}
		want := []string{"inc-1", "inc-2", model.LobbyShort}
		if c.who.Rooms != nil {
			want = c.who.Rooms
		}
		if err != nil || !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Errorf("%s lists rooms: got %v, %v; want %v", c.who.Handle, got, err, want)
		}
		list, more, err := sshd.Restrict(&probeHub{}, c.who).Recent(context.Background(), 1)
		got = nil
		for _, i := range list {
			got = append(got, i.Short)
		}
		wantMore := 7
		if c.who.Rooms != nil {
			wantMore = 0 // how many others there are is not for this login
		}
		if err != nil || !slices.Equal(got, want) && len(got)+len(want) > 0 || more != wantMore {
			t.Errorf("%s lists the newest rooms: got %v and %d more, %v; want %v and %d", c.who.Handle, got, more, err,
				want, wantMore)
		}
	}
}

// call calls a method, with a room if its first text argument is one.
func call(h sshd.Hub, name, room string) {
	m := reflect.ValueOf(h).MethodByName(name)
	var in []reflect.Value
	named := false
	for i := range m.Type().NumIn() {
		v := reflect.New(m.Type().In(i)).Elem()
		switch {
		case v.Type() == reflect.TypeFor[context.Context]():
			v = reflect.ValueOf(context.Background())
		case v.Kind() == reflect.String && !named:
			v.SetString(room)
			named = true
		}
		in = append(in, v)
	}
	m.Call(in)
}

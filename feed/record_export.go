package feed

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"warroom/feed/hubapi"
	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/feed/subjects"
	"warroom/feed/writer"
	"warroom/model"
)

// exportAsk is a login's request to record its export. The hub takes nothing else of the
// entry from the login, in particular no text.
type exportAsk struct {
	Room    string `json:"room"`
	What    string `json:"what"`
	Profile string `json:"profile"`
	Form    string `json:"form"`
	Entry   uint64 `json:"entry,omitempty"` // the only entry that is exported; if 0, all
}

// exportForms are the forms of an export.
var exportForms = []string{"md", "html", "json", "zip"}

// body returns the event that records the export of a person, or an error for a request
// that this program does not make.
func (a *exportAsk) body(person string) (*model.ExportMade, error) {
	_, err := model.ProfileOf(a.Profile)
	switch {
	case err != nil:
		return nil, err
	case subjects.CheckShort(a.Room) != nil || a.Room == model.LobbyShort:
		return nil, jetlog.Hidden(a.Room)
	case a.What != "record" && a.What != "report" || !slices.Contains(exportForms, a.Form):
		return nil, model.Refuse(model.Invalid, "the description of the export is malformed")
	}
	b := &model.ExportMade{What: a.What, Profile: a.Profile, Form: a.Form, Person: person}
	if a.Entry > 0 {
		b.Note = model.Safef("entry %d alone", a.Entry).String()
	}
	return b, nil
}

// RecordExport records in a room that the person of this feed, who may not write there,
// exports from it. The hub writes the entry. It returns nil only if the entry, or one of
// the last hour for the same profile, is in the log.
func (f *Feed) RecordExport(ctx context.Context, short string, b *model.ExportMade, entry uint64) error {
	ask := exportAsk{Room: short, What: b.What, Profile: b.Profile, Form: b.Form, Entry: entry}
	c := f.client
	if s := c.hubService.Load(); f.guest || s != nil && !s.isRoomAdmin() {
		if _, err := c.access.NewFilter(ctx, f.identity, short); err != nil {
			return err
		}
		return recordExport(ctx, c, &ask, f.identity.Handle)
	}
	raw, err := json.Marshal(&ask)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, writer.JoinTimeout)
	defer cancel()
	_, err = c.askHub(ctx, hubapi.VerbExport, raw)
	return err
}

// recordExport writes the entry with the key of the hub or, in a process that does not act
// for the hub, with the key of its owner.
func recordExport(ctx context.Context, c *client, ask *exportAsk, person string) error {
	b, err := ask.body(person)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, writer.JoinTimeout)
	defer cancel()
	c.exporting.Lock() // two exports at once are one entry
	defer c.exporting.Unlock()
	r, err := c.rooms.Glance(ctx, ask.Room)
	if err != nil {
		return err
	}
	if ask.Entry > 0 && r.ListsManyEntries(b, c.o.Now()) {
		b.Note = model.FurtherEntries
	}
	b.Upto = r.Seq
	if r.ListsExport(b, c.o.Now()) {
		return nil
	}
	return appendAs(ctx, c, hubIdentity(c), ask.Room, b)
}

// hubIdentity returns what this process writes as for the hub: the hub, or its owner.
func hubIdentity(c *client) *keyring.Identity {
	if s := c.hubService.Load(); s != nil {
		return s.identity
	}
	return c.identity
}

// appendAs appends an event to a room and waits until it is stored.
func appendAs(ctx context.Context, c *client, p *keyring.Identity, short string, b model.Body) error {
	d, err := c.rooms.Attach(ctx, p, short)
	if err != nil {
		return err
	}
	_, err = d.Append(ctx, model.Act{Body: b})
	return errors.Join(err, c.rooms.Detach(d))
}

// answerExport records the export of a login.
func answerExport(ctx context.Context, s *hubService, handle string, data []byte) hubAnswer {
	var ask exportAsk
	if json.Unmarshal(data, &ask) != nil || subjects.CheckShort(ask.Room) != nil {
		return refusing(jetlog.Hidden(ask.Room))
	}
	ctx, cancel := context.WithTimeout(ctx, writer.JoinTimeout)
	defer cancel()
	if s.api != nil { // else it came through the socket of this user, who sees every room
		if visible, err := s.sees(ctx, handle, ask.Room); err != nil {
			return refusing(err)
		} else if !visible {
			return refusing(jetlog.Hidden(ask.Room))
		}
	}
	return answered(recordExport(ctx, s.client, &ask, handle))
}

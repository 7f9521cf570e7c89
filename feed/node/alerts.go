package node

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"sync"

	"warroom/feed"
	"warroom/feed/alerts"
	"warroom/model"
	"warroom/model/backend"
)

// Alerts returns a reader of alerts for a data directory, with a limit on concurrent
// reads. create makes the key for masking if there is none.
func (n *Node) Alerts(data string, create bool) (model.AlertSource, error) {
	read, err := reader(data, create)
	if err != nil {
		return nil, err
	}
	return n.limiter.Source(read), nil
}

// reader returns the reader without the limit.
func reader(data string, create bool) (model.AlertSource, error) {
	if create {
		if err := feed.OwnData(data); err != nil {
			return nil, err
		}
	}
	key, err := alerts.MarkKey(filepath.Join(data, "intake.key"), create)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, r io.Reader, source string, emit func(*model.Alert) error) (model.Intake, error) {
		return alerts.Read(ctx, r, alerts.Options{Key: key, Source: source}, emit)
	}, nil
}

// CopyAlerts returns a copier for files of alerts, which masks with the same key.
func (n *Node) CopyAlerts(data string) (model.AlertCopier, error) {
	key, err := alerts.MarkKey(filepath.Join(data, "intake.key"), true)
	if err != nil {
		return nil, err
	}
	return n.limiter.Copier(copierOf(key)), nil
}

// copierOf returns a copier that masks with a key.
func copierOf(key model.Secret) model.AlertCopier {
	return func(ctx context.Context, in io.ReadSeeker, out io.Writer) (string, error) {
		return alerts.Copy(ctx, in, alerts.Options{Key: key}, out)
	}
}

// newReceiver returns the receiver for alerts from machines, over NATS and HTTP. They are
// written with the hub's own key.
func (n *Node) newReceiver(f *feed.Feed, l backend.Location, logf func(model.Safe)) *alerts.Receiver {
	read := sync.OnceValues(func() (model.AlertSource, error) { return reader(l.Data, true) })
	d := alerts.NewReceiver(alerts.ReceiverOptions{Now: n.now, Logf: logf, Limiter: n.limiter,
		Journal: alerts.NewJournal(filepath.Join(l.Data, "held"), f.Sealer()),
		Read:    alerts.Later(read),
		Copy: func(ctx context.Context, in io.ReadSeeker, out io.Writer) (string, error) {
			key, err := alerts.MarkKey(filepath.Join(l.Data, "intake.key"), true)
			if err != nil {
				return "", err
			}
			return copierOf(key)(ctx, in, out) // the read holds a slot of the limiter already
		},
		Store: f.CollectRaw,
		Enter: func(ctx context.Context, room string) (model.RoomSession, error) {
			own := f.Own()
			if room != "" && room != model.LobbyShort {
				return own.EnterOpen(ctx, room)
			}
			plan, err := l.Plan()
			if err == nil {
				err = own.OpenLobby(ctx, plan)
			}
			if err != nil {
				return nil, err
			}
			return own.Enter(ctx, model.LobbyShort)
		}})
	f.TakeAlerts(func(ctx context.Context, from, source string, data []byte) (any, error) {
		sender := from + " (NATS)" // no name of a credential of HTTP ends so
		t, err := d.Take(ctx, alerts.Delivery{Body: bytes.NewReader(data), Sender: sender, Credential: sender,
			Source: source})
		return t.Answer(), err
	})
	if l.Via == "hub" || l.Via == "tui" { // a one-shot command would end before they are stored
		d.Restore()
	}
	return d
}

package jetlog

import (
	"context"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/model"
)

// Permission is a subject that the server has to let this login use.
type Permission struct {
	Subscribe bool // otherwise publish
	Subject   string
	Why       model.Safe
}

// Lacks tries a permission and reports whether it is missing. A server reports a denial
// before it answers the next ping.
func (c *Conn) Lacks(n Permission) (bool, error) {
	if n.Subscribe {
		sub, err := c.NC.SubscribeSync(n.Subject)
		if err != nil {
			return false, err
		}
		defer func() { _ = sub.Unsubscribe() }() // fails only if the connection is closed
	} else if err := c.NC.Publish(n.Subject, nil); err != nil {
		return false, err
	}
	if err := Flush(c.NC, DefaultTimeout); err != nil {
		return false, err
	}
	return ComplainsOf(typed(c.NC.LastError()), n.Subject), nil
}

// Flush waits until the server has processed the messages sent so far. [nats.Conn.Flush]
// takes its timer from a pool of the whole process, which must not mix timers of virtual
// and real time in tests.
func Flush(nc *nats.Conn, d time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	return nc.FlushWithContext(ctx)
}

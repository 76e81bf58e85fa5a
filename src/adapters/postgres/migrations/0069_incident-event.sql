-- Up Migration

-- Every change of an incident is an event of the stream `incidents`, as it stands after it.
CREATE FUNCTION incident_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM event_enqueue('incidents', CASE TG_OP WHEN 'INSERT' THEN 'incident.opened' ELSE 'incident.changed' END,
    json_build_object('id', NEW.id, 'state', NEW.state, 'title', NEW.body->'title', 'severity', NEW.body->'severity'));
  RETURN NULL;
END $$;
CREATE TRIGGER incident_announces AFTER INSERT OR UPDATE ON incident
  FOR EACH ROW EXECUTE FUNCTION incident_announce();

-- Down Migration

DROP TRIGGER incident_announces ON incident;
DROP FUNCTION incident_announce;

"""Runs ministack until standard input closes, with S3 events that name principals as AWS does.

ministack writes the same made-up principal into every notification. On AWS it is `AWS:<role id>:<function name>` where a
function's credentials have made the request, and by that our function knows the copies it has made itself.
"""

import contextvars
import hashlib
import math
import os
import signal
import sys
import threading
import time

from ministack import app
from ministack.core import lambda_runtime
from ministack.core.router import extract_access_key_id
from ministack.services import lambda_svc, s3
from ministack.services.cloudformation import provisioners

PERSON = "AWS:AIDAE2EUPLOADER"

principals = {}
requester = contextvars.ContextVar("requester", default=PERSON)
init_ms = contextvars.ContextVar("init_ms", default=None)


def with_key_of_its_own(execution_credentials):
    """Gives each function its role's keys, as AWS does, instead of the account's access key."""

    def credentials(config):
        role_id, access_key = (
            prefix + hashlib.sha256(config["FunctionArn"].encode()).hexdigest()[:16].upper()
            for prefix in ("AROA", "ASIA")
        )
        principals[access_key] = f"AWS:{role_id}:{config['FunctionName']}"
        return {**execution_credentials(config), "AWS_ACCESS_KEY_ID": access_key}

    return credentials


def remembering_requester(handle_request):
    def handle(method, path, headers, body, query_params, *args, **kwargs):
        requester.set(principals.get(extract_access_key_id(headers, query_params), PERSON))
        return handle_request(method, path, headers, body, query_params, *args, **kwargs)

    return handle


def telling_requester(deliver):
    def deliver_with_requester(arn, payload, *args, **kwargs):
        # S3's test event for new notifications has no records.
        for record in payload.get("Records", []):
            record["userIdentity"] = {"principalId": requester.get()}
        return deliver(arn, payload, *args, **kwargs)

    return deliver_with_requester


def of_a_single_metric(alarm_record):
    """Accepts alarms on expressions, which ministack refuses. The template's tests check the alarms themselves."""

    def record(name, props):
        stats = [metric["MetricStat"] for metric in props.get("Metrics", []) if "MetricStat" in metric]
        if not stats:
            return alarm_record(name, props)
        single = {key: value for key, value in props.items() if key != "Metrics"}
        return alarm_record(name, {**single, **stats[0]["Metric"], "Period": stats[0]["Period"]})

    return record


def timing_spawn(spawn):
    """Remembers how long a function's process took to start, which Lambda reports as its initialization."""

    def spawn_and_time(self, *args, **kwargs):
        began = time.monotonic()
        spawn(self, *args, **kwargs)
        init_ms.set((time.monotonic() - began) * 1000)

    return spawn_and_time


def ending_log_with_report(execute):
    """Ends the log that Invoke returns with Lambda's REPORT line, which ministack writes to CloudWatch alone."""

    def execute_and_report(func, config, event, request_id, started):
        init_ms.set(None)
        result = execute(func, config, event, request_id, started)
        init = init_ms.get()
        total_ms = (time.time() - started) * 1000
        report = (
            f"REPORT RequestId: {request_id}\tDuration: {total_ms - (init or 0):.2f} ms\t"
            f"Billed Duration: {math.ceil(total_ms)} ms\tMemory Size: {config['MemorySize']} MB\t"
            f"Max Memory Used: {lambda_svc._probe_peak_memory_mb(func)} MB"
        )
        if init is not None:
            report += f"\tInit Duration: {init:.2f} ms"
        return {**result, "log": f"{result.get('log', '')}\n{report}\t\n"}

    return execute_and_report


def on_condition(copy_object):
    """Evaluates conditions on the destination of a copy, which ministack evaluates for other writes only."""

    def copy(bucket_name, dest_key, headers):
        current = s3._buckets.get(bucket_name, {}).get("objects", {}).get(dest_key)
        return s3._check_put_preconditions(headers, current) or copy_object(bucket_name, dest_key, headers)

    return copy


def as_sent(value):
    """Returns headers beyond ASCII as the bytes that were sent, like S3. ministack reads UTF-8, and answers in ISO-8859-1."""
    return value.encode("utf-8")


def end_with_standard_input():
    """Ends the emulator and its functions with the run, even if the run is killed."""
    sys.stdin.read()
    os.killpg(os.getpgrp(), signal.SIGKILL)


lambda_runtime.execution_credentials = with_key_of_its_own(lambda_runtime.execution_credentials)
lambda_runtime.Worker._spawn = timing_spawn(lambda_runtime.Worker._spawn)
lambda_svc._execute_function_dispatch = ending_log_with_report(lambda_svc._execute_function_dispatch)
s3.handle_request = remembering_requester(s3.handle_request)
s3._copy_object = on_condition(s3._copy_object)
s3._deliver_event_to_lambda = telling_requester(s3._deliver_event_to_lambda)
s3._deliver_event_to_sqs = telling_requester(s3._deliver_event_to_sqs)
s3._deliver_event_to_sns = telling_requester(s3._deliver_event_to_sns)
app._encode_header_value = as_sent
provisioners._cw_metric_alarm_record = of_a_single_metric(provisioners._cw_metric_alarm_record)

threading.Thread(target=end_with_standard_input, daemon=True).start()
app.main()

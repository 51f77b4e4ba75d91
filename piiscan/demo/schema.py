"""The tables of the demo firm's database, in the order they are filled."""

from __future__ import annotations

from typing import Final

SCHEMA: Final = """
CREATE TABLE states (code CHAR(2) PRIMARY KEY, state_name TEXT NOT NULL);
CREATE TABLE dispositions (code VARCHAR(4) PRIMARY KEY, meaning TEXT NOT NULL);
CREATE TABLE fee_schedule (fee_code VARCHAR(8) PRIMARY KEY, description TEXT, percent NUMERIC(5, 2));
CREATE TABLE products (product_code VARCHAR(8) PRIMARY KEY, product_line TEXT);
CREATE TABLE clients (client_id VARCHAR(16) PRIMARY KEY, client_name TEXT, trade TEXT, contract_from DATE);
CREATE TABLE placements (
    placement_id INTEGER PRIMARY KEY, client_id VARCHAR(16) REFERENCES clients, received_on DATE, file_name TEXT, accounts INTEGER);
CREATE TABLE debtors (
    debtor_id INTEGER PRIMARY KEY, first_name VARCHAR(40), last_name VARCHAR(40), alias VARCHAR(80), dob DATE, ssn CHAR(11),
    driver_license VARCHAR(12), dl_state CHAR(2) REFERENCES states, email VARCHAR(120), home_phone VARCHAR(20), cell_phone VARCHAR(20),
    preferred_language VARCHAR(12), created_at DATETIME);
CREATE TABLE addresses (
    address_id INTEGER PRIMARY KEY, debtor_id INTEGER REFERENCES debtors, street TEXT, city TEXT, state CHAR(2) REFERENCES states,
    zip CHAR(5), is_current BOOLEAN, reported_on DATE);
CREATE TABLE accounts (
    account_id INTEGER PRIMARY KEY, debtor_id INTEGER REFERENCES debtors, client_id VARCHAR(16) REFERENCES clients,
    placement_id INTEGER REFERENCES placements, creditor_account_no VARCHAR(24), agency_file_no VARCHAR(16),
    product_code VARCHAR(8) REFERENCES products, original_balance NUMERIC(10, 2), current_balance NUMERIC(10, 2),
    first_delinquency DATE, placed_at DATETIME, last_activity_at DATETIME, disposition VARCHAR(4) REFERENCES dispositions);
CREATE TABLE payments (
    payment_id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts, amount NUMERIC(10, 2), method VARCHAR(8),
    card_last4 CHAR(4), processor_token VARCHAR(32), paid_at DATETIME);
CREATE TABLE payment_plans (
    plan_id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts, bank_routing_no CHAR(9), bank_account_no VARCHAR(17),
    instalment NUMERIC(10, 2), agreed_on DATE);
CREATE TABLE calls (
    call_id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts, started_at DATETIME, direction VARCHAR(3), phone VARCHAR(20),
    agent_code VARCHAR(4), seconds INTEGER, recording_path TEXT, disposition VARCHAR(4) REFERENCES dispositions);
CREATE TABLE voice_enrolments (debtor_id INTEGER PRIMARY KEY REFERENCES debtors, voiceprint TEXT, engine VARCHAR(16));
CREATE TABLE notes (
    note_id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts, agent_code VARCHAR(4), written_at DATETIME, note TEXT);
CREATE TABLE employment (
    employment_id INTEGER PRIMARY KEY, debtor_id INTEGER REFERENCES debtors, employer_name TEXT, job_title TEXT, work_phone VARCHAR(20),
    annual_income NUMERIC(10, 2), employed_since DATE, verified_on DATE);
CREATE TABLE garnishments (
    garnishment_id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts, court_case_no VARCHAR(20), employer_name TEXT,
    weekly_amount NUMERIC(8, 2), ordered_on DATE);
CREATE TABLE medical_accounts (
    account_id INTEGER PRIMARY KEY REFERENCES accounts, client_id VARCHAR(16) REFERENCES clients, patient_name TEXT,
    health_plan TEXT, member_id VARCHAR(16), medical_record_no VARCHAR(12), icd10_code VARCHAR(8), cpt_code CHAR(5),
    date_of_service DATE, facility TEXT, received_at DATETIME);
CREATE TABLE purchases (
    purchase_id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts, merchant TEXT, item TEXT, price NUMERIC(8, 2), purchased_on DATE);
CREATE TABLE vehicles (
    account_id INTEGER PRIMARY KEY REFERENCES accounts, vin CHAR(17), license_plate VARCHAR(8), lien_recorded_on DATE);
CREATE TABLE portal_users (
    username VARCHAR(60) PRIMARY KEY, debtor_id INTEGER REFERENCES debtors, password_hash VARCHAR(80), security_question TEXT,
    security_answer TEXT, registered_on DATE, last_login DATETIME);
CREATE TABLE portal_visits (
    visit_id INTEGER PRIMARY KEY, username VARCHAR(60) REFERENCES portal_users, session_id CHAR(32), ip_address VARCHAR(39),
    user_agent TEXT, page_url TEXT, visited_at DATETIME);
CREATE TABLE process_visits (
    visit_id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts, process_server TEXT, latitude NUMERIC(9, 6),
    longitude NUMERIC(9, 6), outcome VARCHAR(16), attempted_at DATETIME);
CREATE TABLE education (
    education_id INTEGER PRIMARY KEY, debtor_id INTEGER REFERENCES debtors, school_name TEXT, degree TEXT, student_id VARCHAR(16),
    gpa NUMERIC(3, 2), student_loan_no VARCHAR(16), reported_on DATE);
CREATE TABLE demographics (
    debtor_id INTEGER PRIMARY KEY REFERENCES debtors, gender VARCHAR(10), race VARCHAR(24), ethnicity VARCHAR(24),
    marital_status VARCHAR(12), veteran_status VARCHAR(12), dependents INTEGER);
CREATE TABLE scores (
    debtor_id INTEGER PRIMARY KEY REFERENCES debtors, credit_score INTEGER, propensity_to_pay NUMERIC(4, 3), segment VARCHAR(24),
    best_time_to_call VARCHAR(12), scored_on DATE);
CREATE TABLE skiptrace_hits (
    hit_id INTEGER PRIMARY KEY, debtor_id INTEGER REFERENCES debtors, vendor TEXT, prior_address TEXT, phone VARCHAR(20),
    relative_name TEXT, match_score NUMERIC(4, 3), found_on DATE);
CREATE TABLE consents (
    consent_id INTEGER PRIMARY KEY, debtor_id INTEGER REFERENCES debtors, channel VARCHAR(8), do_not_contact BOOLEAN, recorded_at DATETIME);
CREATE TABLE complaints (complaint_id INTEGER PRIMARY KEY, debtor_id INTEGER REFERENCES debtors, complaint TEXT, received_on DATE);
CREATE TABLE legal_referrals (referral_id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts, attorney TEXT, referred_on DATE);
CREATE VIEW open_accounts AS
    SELECT a.account_id, a.agency_file_no, d.first_name || ' ' || d.last_name AS debtor_name, a.current_balance
    FROM accounts a JOIN debtors d USING (debtor_id) WHERE a.current_balance > 0;
"""

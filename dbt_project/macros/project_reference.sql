{#
    The project of 项目进展 that each row of another sheet means, as two joins and the key that they find:

        select
            permits.permit_kind,
            {{ joined_project_sk() }} as project_sk
        from permits
        {{ join_project('permits') }}

    The relation has report_month, submission_id, project_code and project_name. A row means the project of its code, else
    the one project of its submission with its name unless both have codes, which then differ; else project_sk is null.
#}
{% macro join_project(relation) -%}
    left join {{ ref('int_project_reference') }} as project_by_code
        on
            {{ relation }}.report_month = project_by_code.report_month
            and {{ relation }}.submission_id = project_by_code.submission_id
            and {{ relation }}.project_code = project_by_code.reference_value
            and project_by_code.reference_kind = 'code'
    left join {{ ref('int_project_reference') }} as project_by_name
        on
            {{ relation }}.report_month = project_by_name.report_month
            and {{ relation }}.submission_id = project_by_name.submission_id
            and {{ relation }}.project_name = project_by_name.reference_value
            and project_by_name.reference_kind = 'name'
            and ({{ relation }}.project_code is null or project_by_name.project_code is null)
{%- endmacro %}

{# The key that join_project found; null where the row means no project of 项目进展. #}
{% macro joined_project_sk() -%}
    coalesce(project_by_code.project_sk, project_by_name.project_sk)
{%- endmacro %}

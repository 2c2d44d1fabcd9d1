{# USES_VARIABLES { N_pre, N_post } #}
{% extends 'common_group.cpp' %}
{% block extra_headers %}
#include "dense_engine.h"
{% endblock %}
{% block maincode %}
    {% set T = c_data_type(_target.dtype) %}
    {% set from = 'post' if _backwards else 'pre' %}
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}
{% if _plain %}
    const {{T}}* _source = {{get_array_name(_plain)}};
{% else %}
    static std::vector<{{T}}> _source_buffer({{_trials}} * N_{{from}});
    for (int _{{from}}_idx = 0; _{{from}}_idx < {{_trials}} * N_{{from}}; _{{from}}_idx++)
    {
        const size_t _vectorisation_idx = _{{from}}_idx;
        {{vector_code|autoindent}}
        _source_buffer[_{{from}}_idx] = _signal;
    }
    const {{T}}* _source = _source_buffer.data();
{% endif %}
    dense_engine::propagate_{{'backwards' if _backwards else 'forwards'}}<{{T}}>(
        {{_trials}}, N_pre, N_post, _source, {{get_array_name(_weight)}}, {{get_array_name(_target)}});
{% endblock %}
